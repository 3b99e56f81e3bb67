{#- A number rounded to so many digits after the point, by arithmetic: Spark would round the digits that it shows. -#}
{% macro rounded(expression, digits) -%}
    {{ return(adapter.dispatch('rounded', 'card_segments')(expression, digits)) }}
{%- endmacro %}


{% macro default__rounded(expression, digits) -%}
    round({{ expression }}, {{ digits }})
{%- endmacro %}


{% macro spark__rounded(expression, digits) -%}
    (round(cast({{ expression }} as double) * 1e{{ digits }}) / 1e{{ digits }})
{%- endmacro %}


{#- A query that gives each row of a relation once for each whole number from `first` to `last`, as `number`. -#}
{% macro rows_by_number(relation, first, last) -%}
    {{ return(adapter.dispatch('rows_by_number', 'card_segments')(relation, first, last)) }}
{%- endmacro %}


{% macro default__rows_by_number(relation, first, last) -%}
    select
        *,
        unnest(range({{ first }}, {{ last }} + 1)) as number
    from {{ relation }}
{%- endmacro %}


{% macro spark__rows_by_number(relation, first, last) -%}
    select
        *,
        explode(case when {{ first }} <= {{ last }} then sequence({{ first }}, {{ last }}) end) as number
    from {{ relation }}
{%- endmacro %}


{#- The digits of a rounded number, in groups of three. -#}
{% macro with_thousands(expression, digits) -%}
    {{ return(adapter.dispatch('with_thousands', 'card_segments')(expression, digits)) }}
{%- endmacro %}

{% macro default__with_thousands(expression, digits) -%}
    format('{:,.{{ digits }}f}', cast({{ expression }} as double))
{%- endmacro %}

{% macro spark__with_thousands(expression, digits) -%}
    format_number(cast({{ expression }} as double), {{ digits }})
{%- endmacro %}
