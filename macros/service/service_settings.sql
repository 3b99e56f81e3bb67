{#- The kinds of groups that staff is planned for; service demand has more. -#}
{% macro staffed_group_types() %}
    {{ return(['all', 'segment', 'credit_cards']) }}
{% endmacro %}


{#- The three estimates of an assumption, as the columns of the reference seeds begin. -#}
{% macro estimates() %}
    {{ return(['low', 'base', 'high']) }}
{% endmacro %}


{#- The columns of int_relationship__features that count contacts. -#}
{% macro contact_metrics() %}
    {{ return(['branch_visits', 'online_visits', 'calls']) }}
{% endmacro %}


{#- The metrics that a card tier's conditions can be about, columns of int_service_costs_summed. -#}
{% macro tier_metrics() %}
    {{ return(['credit_limit_index', 'credit_cards', 'service_cost_index']) }}
{% endmacro %}


{#- A figure within a sentence, with one place after the point. -#}
{% macro figure_in_words(expression) -%}
    cast(cast({{ expression }} as decimal(18, 1)) as {{ dbt.type_string() }})
{%- endmacro %}


{#-
    97.5 % point of Student's t distribution, for a 95 % interval round a mean of few values. Expansion in
    1 / degrees of freedom: Abramowitz and Stegun (1964), formula 26.7.5; error below 0.005 from 9 on.
-#}
{% macro student_t_975(degrees_of_freedom) -%}
    (1.959964 + 2.372271 / ({{ degrees_of_freedom }}) + 2.822481 / power({{ degrees_of_freedom }}, 2))
{%- endmacro %}
