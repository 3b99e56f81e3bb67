with

parameters as (

    select * from {{ ref('int_segment_parameters') }}

),

features as (

    select distinct
        segmentation,
        feature
    from parameters
    where parameter = 'weight'

),

keys as (

    select
        segmentation,
        segment_key
    from {{ ref('int_segments') }}

),

/* a key of its own per feature, so that a segmentation without any feature shows too */
expected as (

    select
        keys.segmentation,
        keys.segment_key,
        features.feature
    from keys
    left join features
        on keys.segmentation = features.segmentation

),

centres as (

    select
        segment_key,
        feature
    from parameters
    where
        parameter = 'centroid'
        and parameter_value is not null

)

select
    coalesce(expected.segment_key, centres.segment_key) as segment_key,
    coalesce(expected.feature, centres.feature) as feature,
    centres.segment_key is not null as has_centre
from expected
full outer join centres
    on
        expected.segment_key = centres.segment_key
        and expected.feature = centres.feature
where
    expected.segment_key is null
    or centres.segment_key is null
