-- One row per segmentation and feature, and one for the mix of segments: how far today's customers are from the fit's.
with

drift as (

    select * from {{ ref('int_segment_drift') }}

),

named as (

    select
        segmentation,
        coalesce(feature, 'mix of segments') as subject,
        bins,
        reference_customers,
        customers,
        population_stability_index,
        chance_level,
        drift,
        feature is not null as is_feature
    from drift

)

select * from named
