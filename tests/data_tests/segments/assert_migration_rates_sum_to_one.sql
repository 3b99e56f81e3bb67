with

rates as (

    select
        from_month,
        from_segment_key,
        sum(rate) as rate
    from {{ ref('monthly_segment_transitions') }}
    group by
        from_month,
        from_segment_key

)

select * from rates
where not coalesce(abs(rate - 1) <= 1e-9, false)
