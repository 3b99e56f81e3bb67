with

rates as (

    select
        from_segment_key,
        sum(rate) as rate
    from {{ ref('segment_changes') }}
    group by from_segment_key

)

select * from rates
where not coalesce(abs(rate - 1) <= 1e-9, false)
