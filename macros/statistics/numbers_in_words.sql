{#- A number as text within a sentence, with so many digits after the point; null stays null. -#}
{% macro rounded_text(expression, digits=1) -%}
    cast(cast({{ rounded(expression, digits) }} as decimal(38, {{ digits }})) as {{ dbt.type_string() }})
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
            then cast(cast({{ rounded(expression, 2) }} as decimal(18, 2)) as {{ dbt.type_string() }})
        when abs({{ expression }}) < 1e15 then cast(cast(round({{ expression }}) as bigint) as {{ dbt.type_string() }})
        else cast({{ expression }} as {{ dbt.type_string() }})
    end
{%- endmacro %}
