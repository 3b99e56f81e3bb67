{#-
    Scores the rows of any relation with the stored parameters of a segmentation: no Python, one pass.
    The relation needs `customer_id` and the segmentation's features under their own names; columns
    named in kept_columns come along.

    distance to a segment = sqrt(sum of weight * (z - centroid)^2) over the features in their order,
    z = (transformed value - mean) / standard deviation, the value imputed and clipped before. The
    nearest segment wins, the lowest number on ties. margin = (d2 - d1) / d2: 0 on the border between
    two segments, 1 on a centroid.

    sqlfluff, which sets is_linting (.sqlfluff), would not judge the hundreds of lines that come out, but
    take minutes to read them; it reads a line in their place.
-#}
{% macro score_customers_sql(relation, parameters, segmentation, kept_columns=[]) %}
{% if var('is_linting', false) %}
select * from {{ relation }} cross join {{ parameters }}
{% else %}
{% set features = segmentation_features(segmentation) %}
{% set numbers = range(1, maximum_segments() + 1) | list %}
with

parameters as (

    select * from {{ parameters }}
    where segmentation = '{{ segmentation }}'

),

/* one row, one column per feature and parameter, so that a customer's row meets it without a join by name */
wide_parameters as (

    select
        {%- for feature in features %}
        {%- for parameter in ['median', 'lower', 'upper', 'lambda', 'mean', 'standard_deviation', 'weight'] %}
        max(case when feature = '{{ feature.name }}' and parameter = '{{ parameter }}' then parameter_value end)
            as {{ feature.name }}__{{ parameter }},
        {%- endfor %}
        {%- for number in numbers %}
        max(case when feature = '{{ feature.name }}' and parameter = 'centroid' and segment_number = {{ number }} then parameter_value end)
            as {{ feature.name }}__centroid_{{ number }},
        {%- endfor %}
        {%- endfor %}
        max(segment_number) as segments
    from parameters

),

standardised as (

    select
        customers.customer_id,
        {%- for column in kept_columns %}
        customers.{{ column }},
        {%- endfor %}
        {%- for feature in features %}
        ({{ transformed_feature(feature) }} - wide_parameters.{{ feature.name }}__mean)
        / wide_parameters.{{ feature.name }}__standard_deviation as {{ feature.name }},
        {%- endfor %}
        {%- for feature in features %}
        wide_parameters.{{ feature.name }}__weight,
        {%- for number in numbers %}
        wide_parameters.{{ feature.name }}__centroid_{{ number }},
        {%- endfor %}
        {%- endfor %}
        wide_parameters.segments
    from {{ relation }} as customers
    cross join wide_parameters
    where wide_parameters.segments is not null

),

distances as (

    select
        customer_id,
        {%- for column in kept_columns %}
        {{ column }},
        {%- endfor %}
        {%- for number in numbers %}
        case when segments >= {{ number }} then sqrt(
            {%- for feature in features %}
            {{ '+ ' if not loop.first }}case when {{ feature.name }}__weight = 0 then 0 else {{ feature.name }}__weight
            * (({{ feature.name }} - {{ feature.name }}__centroid_{{ number }}) * ({{ feature.name }} - {{ feature.name }}__centroid_{{ number }})) end
            {%- endfor %}
        ) end as distance_{{ number }}{{ ',' if not loop.last }}
        {%- endfor %}
    from standardised

),

nearest as (

    select
        *,
        {{ lowest_numbered_segment(numbers, "least(" ~ number_columns('distance_', numbers) ~ ")") }} as segment_number
    from distances

),

runner_up as (

    select
        *,
        least(
            {%- for number in numbers %}
            case when segment_number <> {{ number }} then distance_{{ number }} end{{ ',' if not loop.last }}
            {%- endfor %}
        ) as runner_up_distance,
        least({{ number_columns('distance_', numbers) }}) as distance
    from nearest

),

scored as (

    select
        '{{ segmentation }}' as segmentation,
        customer_id,
        {%- for column in kept_columns %}
        {{ column }},
        {%- endfor %}
        segment_number,
        case
            {%- for number in numbers %}
            when segment_number <> {{ number }} and distance_{{ number }} = runner_up_distance then {{ number }}
            {%- endfor %}
        end as runner_up_segment_number,
        distance,
        case when runner_up_distance > 0 then (runner_up_distance - distance) / runner_up_distance else 0 end as margin
    from runner_up

)

select * from scored
{% endif %}
{% endmacro %}


{% macro number_columns(prefix, numbers) -%}
    {%- for number in numbers -%}{{ prefix }}{{ number }}{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}


{% macro lowest_numbered_segment(numbers, distance) -%}
    case
            {%- for number in numbers %}
            when distance_{{ number }} = {{ distance }} then {{ number }}
            {%- endfor %}
        end
{%- endmacro %}


{#- A feature imputed, clipped to its stored bounds and transformed. -#}
{% macro transformed_feature(feature) -%}
    {%- set imputed = 'coalesce(cast(customers.' ~ feature.name ~ ' as double), wide_parameters.' ~ feature.name ~ '__median)' -%}
    {#- least and greatest pass over a missing bound -#}
    {%- set clipped = 'least(greatest(' ~ imputed ~ ', wide_parameters.' ~ feature.name ~ '__lower), wide_parameters.' ~ feature.name ~ '__upper)' -%}
    {%- set lambda = 'wide_parameters.' ~ feature.name ~ '__lambda' -%}
    {%- if feature.transform == 'log1p' -%}
        ln(1 + {{ clipped }})
    {%- elif feature.transform == 'signed_log1p' -%}
        sign({{ clipped }}) * ln(1 + abs({{ clipped }}))
    {%- elif feature.transform == 'yeo_johnson' -%}
        case
            when {{ clipped }} >= 0 and {{ lambda }} = 0 then ln(1 + {{ clipped }})
            when {{ clipped }} >= 0 then (power(1 + {{ clipped }}, {{ lambda }}) - 1) / {{ lambda }}
            when {{ lambda }} = 2 then -ln(1 - {{ clipped }})
            else -(power(1 - {{ clipped }}, 2 - {{ lambda }}) - 1) / (2 - {{ lambda }})
        end
    {%- else -%}
        {{ clipped }}
    {%- endif -%}
{%- endmacro %}
