{#- The enabled inputs with their examined rows. Written as single refs so that lineage is complete. -#}
{% macro examined_rows_by_input() %}
    {% set relations = {} %}
    {% for input_name in given_inputs() %}
        {% do relations.update({input_name: ref('base_' ~ input_name ~ '__examined')}) %}
    {% endfor %}
    {{ return(relations) }}
{% endmacro %}


{#- The enabled inputs with their staged rows, which are those that can be used. -#}
{% macro staged_rows_by_input() %}
    {% set relations = {} %}
    {% for input_name in given_inputs() %}
        {% do relations.update({input_name: ref(staged_model(input_name))}) %}
    {% endfor %}
    {{ return(relations) }}
{% endmacro %}


{% macro staged_model(input_name) %}
    {{ return('stg_' ~ input_name ~ '__' ~ {'card_usage': 'cardholders'}.get(input_name, input_name)) }}
{% endmacro %}


{#- What the repair rules do, in words: rule -> what happened to the value. -#}
{% macro repair_rules() %}
    {{ return({
        'blanks_trimmed': 'blanks round the value were removed',
        'placeholder_cleared': 'a text that stands for a missing value was cleared',
        'mark_removed': 'a mark round or at the end of the value was removed',
        'thousands_separator_removed': 'thousands separators were removed from the number',
        'decimal_comma_read': 'a decimal comma was read as the decimal mark',
        'spelling_unified': 'the spelling was set to the usual one',
        'unreadable_cleared': 'a value that could not be read was cleared',
        'ambiguous_cleared': 'a number that may be read in two ways was cleared',
        'too_long_cleared': 'a text that is too long was cleared',
        'identifier_cleared': 'what looked like an identifier of a person was not loaded',
        'out_of_range_cleared': 'a value outside its allowed range was cleared'
    }) }}
{% endmacro %}
