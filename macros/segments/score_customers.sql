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
{%- set nearest = list_item('distances', list_item('segment_numbers', 1)) -%}
{%- set second_nearest = list_item('distances', list_item('segment_numbers', 2)) -%}
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
        {{ ordered_list('transform', 'metric_position') }} as transforms,
        {{ ordered_list('median', 'metric_position') }} as medians,
        {{ ordered_list('lower_bound', 'metric_position') }} as lower_bounds,
        {{ ordered_list('upper_bound', 'metric_position') }} as upper_bounds,
        {{ ordered_list('exponent', 'metric_position') }} as exponents,
        {{ ordered_list('mean', 'metric_position') }} as means,
        /* a feature that the fit dropped has the weight 0 and differs nowhere */
        {{ ordered_list(
            "coalesce(standard_deviation / nullif(scale, 0), cast('infinity' as double))", 'metric_position'
        ) }} as deviations
    from prepared_features
    group by segmentation

),

centroids as (

    select
        parameters.segmentation,
        parameters.segment_number,
        {{ ordered_list(
            'parameters.parameter_value * prepared_features.scale', 'prepared_features.metric_position'
        ) }} as centroid
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
        {{ ordered_list('centroids.centroid', 'centroids.segment_number') }} as centroids
    from preparations
    inner join centroids
        on preparations.segmentation = centroids.segmentation
    group by all

),

standardised as (

    select
        features.*,
        models.centroids,
        {{ mapped_list(
            mapped_list(
                first_items('features.metric_values', list_length('models.means')), clipped_value() | indent(12)
            ),
            standardised_value() | indent(8)
        ) }} as standardised_values
    from features
    inner join models
        on features.segmentation = models.segmentation

),

measured as (

    select
        *,
        {{ mapped_list('centroids', list_distance('standardised_values', 'item')) }} as distances
    from standardised

),

/* the numbers of the segments, the nearest first, the lower of two equally near ones first */
ranked as (

    select
        *,
        {{ positions_by_size('distances') }} as segment_numbers
    from measured

),

scored as (

    select
        segmentation,
        customer_id,
        {%- for column in kept_columns %}
        {{ column }},
        {%- endfor %}
        cast({{ list_item('segment_numbers', 1) }} as integer) as segment_number,
        cast({{ list_item('segment_numbers', 2) }} as integer) as runner_up_segment_number,
        {{ nearest }} as distance,
        case
            when {{ second_nearest }} > 0 then ({{ second_nearest }} - {{ nearest }}) / {{ second_nearest }}
            else 0
        end as margin
    from ranked

)

select * from scored
{%- endmacro %}


{#- A value of the lists of a model, imputed and clipped; least and greatest pass over a missing bound. -#}
{% macro clipped_value() -%}
least(
    greatest(
        coalesce(item, {{ list_item('models.medians', 'place') }}), {{ list_item('models.lower_bounds', 'place') }}
    ),
    {{ list_item('models.upper_bounds', 'place') }}
)
{%- endmacro %}


{#- The same value transformed and standardised. -#}
{% macro standardised_value() -%}
{%- set exponent = list_item('models.exponents', 'place') -%}
(
    case {{ list_item('models.transforms', 'place') }}
        when 'log1p' then ln(1 + item)
        when 'signed_log1p' then sign(item) * ln(1 + abs(item))
        when 'yeo_johnson'
            then case
                when item >= 0 and {{ exponent }} = 0 then ln(1 + item)
                when item >= 0 then (power(1 + item, {{ exponent }}) - 1) / {{ exponent }}
                when {{ exponent }} = 2 then -ln(1 - item)
                else -(power(1 - item, 2 - {{ exponent }}) - 1) / (2 - {{ exponent }})
            end
        else item
    end
    - {{ list_item('models.means', 'place') }}
) / {{ list_item('models.deviations', 'place') }}
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
    {%- set values = [] -%}
    {%- for metric in metrics -%}
        {%- do values.append('cast(' ~ metric ~ ' as double)') -%}
    {%- endfor %}
    select
        '{{ segmentation }}' as segmentation,
        customer_id,
        {%- for column in kept_columns %}
        {{ column }},
        {%- endfor %}
        {{ list_of(values) }} as metric_values
    from {{ relation }}
{%- endmacro %}
