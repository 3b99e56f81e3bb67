-- One row per segmentation, sampled customer and column that the fit sees, in long form.
with

features as (

    select * from {{ ref('int_segmentation_features') }}

),

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

metrics as (

    select * from {{ ref('int_segmentation_metrics') }}
    where
        is_feature
        or is_value

),

/* a sample by hash: the same customers in every build, whatever the order of the rows */
ranked as (

    select
        segmentation,
        customer_id,
        row_number() over (
            partition by segmentation
            order by {{ dbt.hash('customer_id') }}, customer_id
        ) as sample_position
    from features

),

/* joined to their values afterwards, so that only identifiers are sorted */
samples as (

    select
        features.segmentation,
        features.customer_id,
        metrics.metric as feature,
        {{ list_item('features.metric_values', 'metrics.metric_position') }} as feature_value
    from ranked
    inner join specifications
        on
            ranked.segmentation = specifications.segmentation
            and ranked.sample_position <= specifications.sample_size
    inner join features
        on
            ranked.segmentation = features.segmentation
            and ranked.customer_id = features.customer_id
    inner join metrics
        on ranked.segmentation = metrics.segmentation

)

select * from samples
