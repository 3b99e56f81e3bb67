-- One row per segment and metric: how far the segment deviates from its population, in standard deviations.
with

profiles as (

    select * from {{ ref('int_segment_profiles') }}

),

centroids as (

    select
        segment_key,
        feature,
        parameter_value
    from {{ ref('int_segment_parameters') }}
    where parameter = 'centroid'

),

deviations as (

    select
        profiles.segmentation,
        profiles.segment_key,
        profiles.metric,
        profiles.metric_position,
        /* a feature deviates in the space the segments were formed in, where one large amount cannot hide the rest */
        case when profiles.is_feature then centroids.parameter_value else profiles.standardised_difference end
            as deviation,
        profiles.is_feature
    from profiles
    left join centroids
        on
            profiles.segment_key = centroids.segment_key
            and profiles.metric = centroids.feature

)

select * from deviations
