-- One row per segment and metric: the segment against its population.
with

profiles as (

    select * from {{ ref('int_segment_profiles') }}

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

metric_labels as (

    select * from {{ ref('segment_metrics') }}

),

published_columns as (

    select
        profiles.segmentation,
        profiles.segment_key,
        segments.segment_name,
        profiles.metric,
        coalesce(metric_labels.label, replace(profiles.metric, '_', ' ')) as metric_label,
        metric_labels.unit,
        /* all less those with a value are a count of people too */
        case
            when
                not profiles.is_suppressed
                and profiles.customers - profiles.customers_with_value
                not between 1 and {{ var('minimum_cell_size') }} - 1
                then profiles.customers_with_value
        end as customers_with_value,
        {{ unless_suppressed('profiles.metric_mean') }} as mean,
        {{ unless_suppressed('profiles.metric_median') }} as median,
        {{ unless_suppressed('profiles.penetration_share') }} as penetration_share,
        case
            when not profiles.is_suppressed and profiles.customers_above_zero >= {{ var('minimum_cell_size') }}
                then profiles.intensity_mean
        end as intensity_mean,
        {{ unless_suppressed('profiles.metric_share') }} as metric_share,
        case when profiles.population_customers >= {{ var('minimum_cell_size') }} then profiles.population_mean end
            as population_mean,
        case when profiles.population_customers >= {{ var('minimum_cell_size') }} then profiles.population_median end
            as population_median,
        {{ unless_suppressed('profiles.index_100') }} as index_100,
        {{ unless_suppressed('profiles.standardised_difference') }} as standardised_difference,
        profiles.is_feature
    from profiles
    inner join segments
        on profiles.segment_key = segments.segment_key
    left join metric_labels
        on profiles.metric = metric_labels.metric

)

select * from published_columns
