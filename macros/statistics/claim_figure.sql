{#- A figure of a test as it stands beside a verdict: three decimals, or that it is unknown. -#}
{% macro claim_figure(expression) -%}
    coalesce({{ rounded_text(expression, 3) }}, 'unknown')
{%- endmacro %}


{#- A mean of a claim's metric in its unit, as `claim_metric_labels` names it; amounts in the variable `currency`. -#}
{% macro claim_mean_in_words(expression, unit) -%}
    case
        when {{ unit }} in ('who', 'share') then {{ rounded_text('100 * ' ~ expression) }} || ' %'
        when {{ unit }} = 'percent' then {{ rounded_text(expression) }} || ' %'
        when {{ unit }} = 'amount' then '{{ var('currency') ~ ' ' if var('currency') }}' || {{ readable_number(expression) }}
        else {{ readable_number(expression) }}
    end
{%- endmacro %}
