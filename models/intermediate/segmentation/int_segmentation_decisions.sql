-- One row per active segmentation: whether it is fitted anew in this build or its published model is reused, and why.
{% set refit = var('refit') %}
{% set fitted = 'not fitted' if is_frozen() else 'fitted' %}
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

drift as (

    select * from {{ ref('int_segment_drift') }}
    where
        feature is not null
        and drift = 'major'

),

members as (

    select * from {{ ref('int_prior_publication__members') }}
    where scored_segment_key is not null

),

drifted as (

    select
        segmentation,
        feature as drifted_feature,
        population_stability_index as largest_index,
        row_number() over (
            partition by segmentation
            order by population_stability_index desc, feature asc
        ) as drift_rank
    from drift

),

segment_sizes as (

    select
        segmentation,
        scored_segment_key,
        count(*) as customers
    from members
    group by
        segmentation,
        scored_segment_key

),

shares as (

    select
        segmentation,
        cast(min(customers) as double) / sum(customers) as smallest_share,
        cast(max(customers) as double) / sum(customers) as largest_share,
        min(customers) as smallest_customers
    from segment_sizes
    group by segmentation

),

decisions as (

    select
        specifications.segmentation,
        specifications.last_model_version,
        case
            when specifications.last_model_version is null
                then '{{ fitted }}: there is no published model of these customers'
            when not specifications.is_same_specification
                then '{{ fitted }}: the specification has changed since the published model'
            {%- if refit == 'always' %}
            else 'fitted: the variable refit is always'
            {%- elif refit in ('never', 'frozen') %}
            else 'kept: the variable refit is {{ refit }}'
            {%- else %}
            when drifted.drifted_feature is not null
                then concat(
                    'fitted: ',
                    drifted.drifted_feature,
                    ' has drifted since the published model (population stability index ',
                    cast({{ rounded('drifted.largest_index', 2) }} as {{ dbt.type_string() }}),
                    ')'
                )
            when
                shares.smallest_share < specifications.smallest_share
                or shares.smallest_customers < specifications.smallest_customers
                or shares.largest_share > specifications.largest_share
                then 'fitted: a segment of the published model has become too small or too large'
            else 'kept: the published model still fits these customers'
            {%- endif %}
        end as decision_reason
    from specifications
    left join drifted
        on
            specifications.segmentation = drifted.segmentation
            and drifted.drift_rank = 1
    left join shares
        on specifications.segmentation = shares.segmentation

),

decided as (

    select
        segmentation,
        last_model_version,
        decision_reason,
        decision_reason like 'fitted:%' as is_fitted
    from decisions

)

select * from decided
