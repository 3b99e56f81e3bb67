-- One row per segmentation and customer: the segment published last, and the one the last model gives them today.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

metrics as (

    select * from {{ ref('int_segmentation_metrics') }}

),

populations as (

    select
        segmentation,
        customer_id
    from {{ ref('int_segmentation_features') }}

),

last_members as (

    {{ select_last_published('segment_members', {
        'segmentation': 'string', 'customer_id': 'string', 'segment_key': 'string'
    }) }}

),

all_parameters as (

    {{ select_last_published('segment_parameters', {
        'segmentation': 'string', 'feature': 'string', 'parameter': 'string', 'parameter_text': 'string',
        'parameter_value': 'double', 'segment_number': 'integer', 'segment_key': 'string'
    }) }}

),

features_today as (

    select
        segmentation,
        {{ dbt.listagg('metric', "', '", 'order by metric') }} as features
    from metrics
    where is_feature
    group by segmentation

),

last_features as (

    select
        segmentation,
        {{ dbt.listagg('distinct feature', "', '", 'order by feature') }} as features
    from all_parameters
    group by segmentation

),

/* a model of other features cannot score these customers */
last_parameters as (

    select all_parameters.*
    from all_parameters
    inner join last_features
        on all_parameters.segmentation = last_features.segmentation
    inner join features_today
        on
            last_features.segmentation = features_today.segmentation
            and last_features.features = features_today.features

),

scores as (

    {{ score_metric_values_sql(
        ref('int_segmentation_features'), ref('int_segmentation_metrics'), 'last_parameters',
        kept_columns=['standardised_values']
    ) | indent(4) }}

),

keys as (

    select
        segmentation,
        segment_number,
        max(segment_key) as segment_key
    from last_parameters
    where parameter = 'centroid'
    group by
        segmentation,
        segment_number

),

members as (

    select
        populations.segmentation,
        populations.customer_id,
        /* a segmentation that was absent carried over no members; its model says where they would have been */
        case when specifications.is_returning then keys.segment_key else last_members.segment_key end as segment_key,
        keys.segment_key as scored_segment_key,
        specifications.is_returning as is_scored_today,
        /* of those who moved, for whoever asks why */
        case when keys.segment_key <> last_members.segment_key then scores.standardised_values end
            as standardised_values
    from populations
    inner join specifications
        on populations.segmentation = specifications.segmentation
    left join last_members
        on
            populations.segmentation = last_members.segmentation
            and populations.customer_id = last_members.customer_id
            and specifications.last_model_version is not null
    left join scores
        on
            populations.segmentation = scores.segmentation
            and populations.customer_id = scores.customer_id
    left join keys
        on
            scores.segmentation = keys.segmentation
            and scores.segment_number = keys.segment_number

)

select * from members
where coalesce(segment_key, scored_segment_key) is not null
