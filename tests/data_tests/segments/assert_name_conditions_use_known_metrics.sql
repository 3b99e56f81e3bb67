{% set known = rule_metrics_by_segmentation(general=false) %}
{% set conditions %}
    select
        'segment_name_conditions' as seed_name,
        conditions.name_key as rule_key,
        names.segmentation,
        conditions.metric
    from {{ ref('segment_name_conditions') }} as conditions
    inner join {{ ref('segment_names') }} as names
        on conditions.name_key = names.name_key
{% endset %}
{% do validate_rule_metrics(conditions, known) %}
{{ unknown_metrics_sql(conditions, known) }}
