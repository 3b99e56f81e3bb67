with

rates as (

    select
        from_segment_key,
        sum(rate) as rate,
        count(*) - count(rate) as suppressed_rows
    from {{ ref('segment_changes') }}
    group by from_segment_key

)

select * from rates
where
    suppressed_rows = 0
    and not coalesce(abs(rate - 1) <= 1e-9, false)
