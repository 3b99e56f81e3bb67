{#- The name of the measure in which a test gives its effect. -#}
{% macro claim_effect_measure(test) -%}
    case {{ test }}
        {%- for name, details in claim_tests().items() %}
        when '{{ name }}' then {{ sql_text(details.effect) }}
        {%- endfor %}
    end
{%- endmacro %}
