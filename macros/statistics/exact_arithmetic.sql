{#-
    Sums and means that do not depend on the order in which an engine adds: floating-point addition is
    not associative, so a parallel sum of doubles differs in its last digits from run to run. Decimals
    with ten places add exactly.
-#}
{% macro exact_sum(expression, over='') -%}
    {{ return(adapter.dispatch('exact_sum', 'card_segments')(expression, over)) }}
{%- endmacro %}


{% macro default__exact_sum(expression, over) -%}
    cast(sum(cast({{ expression }} as decimal(38, 10))) {{ over }} as double)
{%- endmacro %}


{#- Mean over the rows where the expression is not null. -#}
{% macro exact_mean(expression) -%}
    {{ exact_sum(expression) }} / nullif(count({{ expression }}), 0)
{%- endmacro %}
