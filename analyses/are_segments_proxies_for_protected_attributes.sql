-- Are segments proxies for age, gender or marital status, and which group is most over-represented where?
with

proxies as (

    select * from {{ ref('segment_attribute_proxies') }}

),

group_shares as (

    select * from {{ ref('segment_group_rates') }}

),

segments as (

    select * from {{ ref('segments') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by segmentation, attribute
            order by share_ratio desc nulls last, segment_key asc, attribute_value asc
        ) as ratio_rank
    from group_shares
    where not is_suppressed

),

judged as (

    select
        proxies.segmentation,
        proxies.attribute,
        ranked.attribute_value as strongest_group,
        segments.segment_name as strongest_segment_name,
        proxies.normalised_mutual_information,
        proxies.cramers_v,
        ranked.group_share,
        ranked.others_share,
        ranked.share_ratio,
        ranked.p_value,
        proxies.is_flagged
    from proxies
    left join ranked
        on
            proxies.segmentation = ranked.segmentation
            and proxies.attribute = ranked.attribute
            and ranked.ratio_rank = 1
    left join segments
        on ranked.segment_key = segments.segment_key

)

select * from judged
order by
    is_flagged desc,
    normalised_mutual_information desc,
    segmentation asc,
    attribute asc
