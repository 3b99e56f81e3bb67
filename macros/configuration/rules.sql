{#- The operators that a rule may use, with their words. -#}
{% macro rule_operators() %}
    {{ return({'>=': 'at least', '>': 'above', '<=': 'at most', '<': 'below'}) }}
{% endmacro %}


{#-
    Whether a value meets a condition; unknown where the value is. Rounded to nine decimals, so that the
    last digit of a division does not decide at the border.
-#}
{% macro compared(value, operator, threshold) -%}
    case {{ operator }}
        {%- for name in rule_operators() %}
        when '{{ name }}' then {{ rounded(value, 9) }} {{ name }} {{ threshold }}
        {%- endfor %}
    end
{%- endmacro %}


{#- The same for rules in which a missing value meets nothing. -#}
{% macro meets_condition(value, operator, threshold) -%}
    coalesce({{ compared(value, operator, threshold) }}, false)
{%- endmacro %}
