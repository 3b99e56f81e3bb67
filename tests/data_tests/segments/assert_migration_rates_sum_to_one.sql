{% if missing_inputs(['customers', 'spends']) %}
/* there is nothing to test without both inputs */
select 'customers and spends' as needed_inputs
where false
{% else %}
with

rates as (

    select
        from_month,
        from_segment_key,
        sum(rate) as rate
    from {{ ref('int_segment_migrations') }}
    group by
        from_month,
        from_segment_key

)

select * from rates
where not coalesce(abs(rate - 1) <= 1e-9, false)
{% endif %}
