{#-
    The crosses of demographic attributes that people are compared by, each a list of attributes: no
    attribute (everyone), every single one, every pair, and all of them.
-#}
{% macro demographic_combinations() %}
    {% set attributes = demographic_attributes() %}
    {% set crosses = [[]] %}
    {% for attribute in attributes %}
        {% do crosses.append([attribute]) %}
    {% endfor %}
    {% for first in attributes %}
        {% for second in attributes[loop.index:] %}
            {% do crosses.append([first, second]) %}
        {% endfor %}
    {% endfor %}
    {% if attributes not in crosses %}
        {% do crosses.append(attributes) %}
    {% endif %}
    {{ return(crosses) }}
{% endmacro %}


{#- Name of a cross as it stands in the tables: `all`, or its attributes joined by ×. -#}
{% macro cross_name(cross) %}
    {{ return(cross | join(' × ') if cross else 'all') }}
{% endmacro %}


{#- Text of the attribute values of a cross: `all`, or its columns joined by ×. -#}
{% macro cross_values(cross) -%}
    {%- if cross -%}
        concat_ws(' × ', {{ cross | join(', ') }})
    {%- else -%}
        'all'
    {%- endif -%}
{%- endmacro %}
