-- One row per segment and recommendation: what to do, for which team, on what evidence, and what not to do.
with

recommendations as (

    select * from {{ ref('int_segment_recommendations') }}

),

published_columns as (

    select
        segmentation,
        segment_key,
        segment_name,
        recommendation_key,
        team,
        action,
        reason,
        what_not_to_do,
        evidence_metric,
        evidence_label,
        evidence_statistic,
        operator,
        evidence,
        source,
        priority,
        evidence_value,
        threshold,
        is_upsell,
        is_vulnerable
    from recommendations

)

select * from published_columns
