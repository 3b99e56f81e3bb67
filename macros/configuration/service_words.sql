{#- The kinds of groups that staff is planned for; service demand has more. -#}
{% macro staffed_group_types() %}
    {{ return(['all', 'segment', 'credit_cards']) }}
{% endmacro %}


{#- The columns of int_relationship__features that count contacts. -#}
{% macro contact_metrics() %}
    {{ return(['branch_visits', 'online_visits', 'calls']) }}
{% endmacro %}


{#- The metrics that a card tier's conditions can be about, columns of int_service_costs_by_subject. -#}
{% macro tier_metrics() %}
    {{ return(['credit_limit_index_100', 'credit_cards', 'service_cost_index_100']) }}
{% endmacro %}
