-- What should be done with each segment, by whom, on what evidence, what should not be done, and what does it bring?
with

recommendations as (

    select * from {{ ref('segment_recommendations') }}

),

ordered as (

    select
        segmentation,
        segment_key,
        segment_name,
        priority,
        team,
        action,
        evidence,
        what_not_to_do,
        bank_net_low_amount,
        bank_net_base_amount,
        bank_net_high_amount,
        is_vulnerable
    from recommendations

)

select * from ordered
order by
    segmentation asc,
    segment_key asc,
    priority asc
