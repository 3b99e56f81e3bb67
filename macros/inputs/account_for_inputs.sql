{#- The enabled inputs with their validated rows. Written as single refs so that lineage is complete. -#}
{% macro validated_rows_by_input() %}
    {% set relations = {} %}
    {% for input_name in known_inputs() if has_inputs(input_name) %}
        {% do relations.update({input_name: ref('base_' ~ input_name ~ '__validated')}) %}
    {% endfor %}
    {{ return(relations) }}
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
