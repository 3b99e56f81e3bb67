with

rates as (

    select
        from_segment_key,
        sum(rate) as rate
    from {{ ref('int_segment_moves') }}
    group by from_segment_key

)

select * from rates
where not coalesce(abs(rate - 1) <= 1e-9, false)
