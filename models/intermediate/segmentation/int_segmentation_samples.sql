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
        *,
        row_number() over (
            partition by segmentation
            order by {{ dbt.hash('customer_id') }}, customer_id
        ) as sample_position
    from features

),

samples as (

    select
        ranked.segmentation,
        ranked.customer_id,
        metrics.metric as feature,
        ranked.metric_values[metrics.metric_position] as feature_value
    from ranked
    inner join specifications
        on
            ranked.segmentation = specifications.segmentation
            and ranked.sample_position <= specifications.sample_size
    inner join metrics
        on ranked.segmentation = metrics.segmentation

)

select * from samples
