-- How sure are we of the segments: are they stable, repeatable, and more than chance?
with

segmentations as (

    select * from {{ ref('segmentations') }}

),

segments as (

    select * from {{ ref('segments') }}

),

least_certain as (

    select
        segmentation,
        min(average_margin) as smallest_average_margin,
        min(rule_fidelity) as smallest_rule_fidelity
    from segments
    group by segmentation

),

judged as (

    select
        segmentations.segmentation,
        segmentations.verdict,
        segmentations.status,
        segmentations.n_segments,
        segmentations.customers,
        segmentations.silhouette,
        segmentations.min_jaccard,
        segmentations.prediction_strength,
        segmentations.separation_z,
        least_certain.smallest_average_margin,
        least_certain.smallest_rule_fidelity,
        segmentations.reason
    from segmentations
    left join least_certain
        on segmentations.segmentation = least_certain.segmentation

)

select * from judged
order by segmentation
