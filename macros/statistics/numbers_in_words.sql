{#- A number as text within a sentence, thousands apart, with so many digits after the point; null stays null. -#}
{% macro rounded_text(expression, digits=1) -%}
    {#- a decimal, since 0 has no sign there -#}
    {{ with_thousands('cast(' ~ rounded(expression, digits) ~ ' as decimal(38, ' ~ digits ~ '))', digits) }}
{%- endmacro %}


{#- The digits of a rounded number, in groups of three. -#}
{% macro with_thousands(expression, digits) -%}
    {{ return(adapter.dispatch('with_thousands', 'card_segments')(expression, digits)) }}
{%- endmacro %}

{% macro default__with_thousands(expression, digits) -%}
    format('{:,.{{ digits }}f}', cast({{ expression }} as double))
{%- endmacro %}


{% macro spark__with_thousands(expression, digits) -%}
    format_number({{ expression }}, {{ digits }})
{%- endmacro %}


{#- How far a value lies from the usual, from its difference to the mean in standard deviations (Cohen 1988). -#}
{% macro difference_in_words(difference) -%}
    case
        when {{ difference }} >= 0.8 then 'far above'
        when {{ difference }} >= 0.5 then 'above'
        when {{ difference }} >= 0.2 then 'slightly above'
        when {{ difference }} > -0.2 then 'about'
        when {{ difference }} > -0.5 then 'slightly below'
        when {{ difference }} > -0.8 then 'below'
        else 'far below'
    end
{%- endmacro %}


{#- A number as readers want it within a sentence: two decimals below a hundred, none above or where they are zero. -#}
{% macro readable_number(expression) -%}
    case
        when abs({{ expression }}) < 100 and {{ expression }} <> round({{ expression }})
            then {{ rounded_text(expression, 2) }}
        when abs({{ expression }}) < 1e15 then {{ rounded_text(expression, 0) }}
        else cast({{ expression }} as {{ dbt.type_string() }})
    end
{%- endmacro %}


{#- An amount within a sentence: the variable `currency`, where it is set, and the number as it is written. -#}
{% macro amount_text(number_text) -%}
    {{ sql_text(var('currency') ~ ' ') ~ ' || ' if var('currency') }}{{ number_text }}
{%- endmacro %}


{#- A figure within a sentence in its unit: `who`, a share of customers, or a unit of seeds/reference/segment_metrics.csv. -#}
{% macro figure_in_words(expression, unit) -%}
    case
        when {{ unit }} in ('who', 'share') then {{ rounded_text('100 * ' ~ expression) }} || ' %'
        when {{ unit }} = 'index' then {{ rounded_text(expression, 0) }}
        when {{ unit }} like 'percent%' then {{ rounded_text(expression) }} || ' %'
        when {{ unit }} like 'currency units%' then {{ amount_text(readable_number(expression)) }}
        else {{ readable_number(expression) }}
    end
{%- endmacro %}
