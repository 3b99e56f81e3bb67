{% set known = rule_metrics_by_segmentation() %}
{% set conditions %}
    select
        'segment_playbook_conditions' as seed_name,
        conditions.recommendation_key as rule_key,
        playbook.segmentation,
        conditions.metric
    from {{ ref('segment_playbook_conditions') }} as conditions
    inner join {{ ref('segment_playbook') }} as playbook
        on conditions.recommendation_key = playbook.recommendation_key
    union all
    select
        'segment_vulnerability_signs' as seed_name,
        sign_key as rule_key,
        segmentation,
        metric
    from {{ ref('segment_vulnerability_signs') }}
{% endset %}
{% do validate_rule_metrics(conditions, known) %}
{{ unknown_metrics_sql(conditions, known) }}
