{#-
    Gives every customer the nearest segment of each model, in the manner in which the model was fitted, from
    its stored parameters alone:

    distance to a segment = sqrt(sum of weight * (z - centroid)^2) over the features,
    z = (transformed value - mean) / standard deviation, the value imputed and clipped before. The
    nearest segment wins, the lowest number on ties. margin = (d2 - d1) / d2: 0 on the border between
    two segments, 1 on a centroid.

    `features` and `metrics` have the columns of int_segmentation_features and int_segmentation_metrics,
    `parameters` those of segment_parameters; each is a relation, a CTE or a query in brackets. Columns named in
    kept_columns come along.
-#}
{% macro score_metric_values_sql(features, metrics, parameters, kept_columns=[]) -%}
with

features as (

    select * from {{ features }}

),

metrics as (

    select * from {{ metrics }}
    where is_feature

),

parameters as (

    select * from {{ parameters }}

),

/* the square root of a feature's weight scales both sides of a difference */
prepared_features as (

    select
        parameters.segmentation,
        parameters.feature,
        metrics.metric_position,
        sqrt(max(parameter_value) filter (where parameters.parameter = 'weight')) as scale,
        max(parameter_text) filter (where parameters.parameter = 'transform') as transform,
        max(parameter_value) filter (where parameters.parameter = 'median') as median,
        max(parameter_value) filter (where parameters.parameter = 'lower') as lower_bound,
        max(parameter_value) filter (where parameters.parameter = 'upper') as upper_bound,
        max(parameter_value) filter (where parameters.parameter = 'lambda') as exponent,
        max(parameter_value) filter (where parameters.parameter = 'mean') as mean,
        max(parameter_value) filter (where parameters.parameter = 'standard_deviation') as standard_deviation
    from parameters
    inner join metrics
        on
            parameters.segmentation = metrics.segmentation
            and parameters.feature = metrics.metric
    group by
        parameters.segmentation,
        parameters.feature,
        metrics.metric_position

),

preparations as (

    select
        segmentation,
        list(transform order by metric_position) as transforms,
        list(median order by metric_position) as medians,
        list(lower_bound order by metric_position) as lower_bounds,
        list(upper_bound order by metric_position) as upper_bounds,
        list(exponent order by metric_position) as exponents,
        list(mean order by metric_position) as means,
        /* a feature that the fit dropped has the weight 0 and differs nowhere */
        list(coalesce(standard_deviation / nullif(scale, 0), 'infinity') order by metric_position) as deviations
    from prepared_features
    group by segmentation

),

centroids as (

    select
        parameters.segmentation,
        parameters.segment_number,
        list(
            parameters.parameter_value * prepared_features.scale order by prepared_features.metric_position
        ) as centroid
    from parameters
    inner join prepared_features
        on
            parameters.segmentation = prepared_features.segmentation
            and parameters.feature = prepared_features.feature
    where parameters.parameter = 'centroid'
    group by
        parameters.segmentation,
        parameters.segment_number

),

/* one row per segmentation, so that everything a customer meets comes with one join */
models as (

    select
        preparations.segmentation,
        preparations.transforms,
        preparations.medians,
        preparations.lower_bounds,
        preparations.upper_bounds,
        preparations.exponents,
        preparations.means,
        preparations.deviations,
        list(centroids.centroid order by centroids.segment_number) as centroids
    from preparations
    inner join centroids
        on preparations.segmentation = centroids.segmentation
    group by all

),

standardised as (

    select
        features.*,
        models.centroids,
        list_transform(
            list_transform(
                features.metric_values[:len(models.means)],
                /* least and greatest pass over a missing bound */
                lambda value, i: least(
                    greatest(coalesce(value, models.medians[i]), models.lower_bounds[i]),
                    models.upper_bounds[i]
                )
            ),
            lambda value, i: (
                case models.transforms[i]
                    when 'log1p' then ln(1 + value)
                    when 'signed_log1p' then sign(value) * ln(1 + abs(value))
                    when 'yeo_johnson'
                        then case
                            when value >= 0 and models.exponents[i] = 0 then ln(1 + value)
                            when value >= 0
                                then (power(1 + value, models.exponents[i]) - 1) / models.exponents[i]
                            when models.exponents[i] = 2 then -ln(1 - value)
                            else
                                -(power(1 - value, 2 - models.exponents[i]) - 1) / (2 - models.exponents[i])
                        end
                    else value
                end
                - models.means[i]
            ) / models.deviations[i]
        ) as standardised_values
    from features
    inner join models
        on features.segmentation = models.segmentation

),

measured as (

    select
        *,
        list_transform(centroids, lambda centroid: list_distance(standardised_values, centroid)) as distances
    from standardised

),

/* the numbers of the segments, the nearest first, the lower of two equally near ones first */
ranked as (

    select
        *,
        list_grade_up(distances) as segment_numbers
    from measured

),

scored as (

    select
        segmentation,
        customer_id,
        {%- for column in kept_columns %}
        {{ column }},
        {%- endfor %}
        cast(segment_numbers[1] as integer) as segment_number,
        cast(segment_numbers[2] as integer) as runner_up_segment_number,
        distances[segment_numbers[1]] as distance,
        case
            when distances[segment_numbers[2]] > 0
                then
                    (distances[segment_numbers[2]] - distances[segment_numbers[1]])
                    / distances[segment_numbers[2]]
            else 0
        end as margin
    from ranked

)

select * from scored
{%- endmacro %}


{#-
    Scores the rows of any relation that has `customer_id` and a segmentation's features under their own names.
-#}
{% macro score_customers_sql(relation, parameters, segmentation, kept_columns=[]) -%}
    {% set features = card_segments.segmentation_features(segmentation) | map(attribute='name') | list %}
    {{- card_segments.score_metric_values_sql(
        '(' ~ card_segments.metric_values_sql(relation, segmentation, features, kept_columns) ~ ')',
        '(' ~ card_segments.segmentation_metrics_sql([segmentation]) ~ ')',
        parameters,
        kept_columns
    ) }}
{%- endmacro %}


{#- A relation's rows with the values of some of its columns in one list, as scoring and profiling read them. -#}
{% macro metric_values_sql(relation, segmentation, metrics, kept_columns=[]) -%}
    select
        '{{ segmentation }}' as segmentation,
        customer_id,
        {%- for column in kept_columns %}
        {{ column }},
        {%- endfor %}
        [
            {%- for metric in metrics %}
            cast({{ metric }} as double){{ ',' if not loop.last }}
            {%- endfor %}
        ] as metric_values
    from {{ relation }}
{%- endmacro %}
