-- One row per segmentation, metric and segment, plus one with no segment for the whole population: size, mean, median and spread.
{% set relations = feature_relations() %}
{% set scores = ref('int_segment_scores') %}
with

scores as (

    select * from {{ scores }}

),

metric_values as (

    {% for segmentation, relation in relations.items() if execute %}
    {%- set outer_loop = loop %}
    {%- set value = segmentation_value(segmentation) %}
    {%- set metrics = segmentation_metrics(segmentation) %}
    {%- set names = metrics | map(attribute='name') | list %}
    {%- for metric in metrics + ([{'name': value, 'role': 'value'}] if value not in names else []) %}
    select
        '{{ segmentation }}' as segmentation,
        segment_key,
        '{{ metric.name }}' as metric,
        {{ loop.index }} as metric_position,
        count(*) as customers,
        count(metric_value) as customers_with_value,
        count(*) filter (where metric_value > 0) as customers_above_zero,
        {{ exact_sum('metric_value') }} as metric_sum,
        {{ exact_sum('case when metric_value > 0 then metric_value end') }} as metric_sum_above_zero,
        {{ exact_mean('metric_value') }} as metric_mean,
        cast(median(metric_value) as double) as metric_median,
        /* of the population only: what its segments are measured in */
        case
            when segment_key is null and max(largest_value) = 0 then 0
            when segment_key is null
                then max(largest_value) * sqrt({{ exact_mean('power(deviation / nullif(largest_value, 0), 2)') }})
        end as metric_standard_deviation,
        {{ metric.role == 'feature' }} as is_feature,
        {{ metric.name == value }} as is_value
    from (
        select
            scores.segment_key,
            cast(features.{{ metric.name }} as double) as metric_value,
            features.{{ metric.name }}
            - {{ exact_sum('features.' ~ metric.name, 'over ()') }} / count(features.{{ metric.name }}) over () as deviation,
            /* squares are taken of shares of the largest value, which no amount can overflow */
            cast(max(abs(features.{{ metric.name }})) over () as double) as largest_value
        from {{ relation }} as features
        inner join scores
            on
                features.customer_id = scores.customer_id
                and scores.segmentation = '{{ segmentation }}'
    ) as metric_values_{{ loop.index }}
    group by grouping sets ((segment_key), ())
    having count(*) > 0
    {{ 'union all' if not (loop.last and outer_loop.last) }}
    {%- endfor %}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as segmentation,
        cast(null as {{ dbt.type_string() }}) as segment_key,
        cast(null as {{ dbt.type_string() }}) as metric,
        cast(null as integer) as metric_position,
        cast(null as bigint) as customers,
        cast(null as bigint) as customers_with_value,
        cast(null as bigint) as customers_above_zero,
        cast(null as double) as metric_sum,
        cast(null as double) as metric_sum_above_zero,
        cast(null as double) as metric_mean,
        cast(null as double) as metric_median,
        cast(null as double) as metric_standard_deviation,
        cast(null as boolean) as is_feature,
        cast(null as boolean) as is_value
    where false
    {%- endfor %}

)

select * from metric_values
