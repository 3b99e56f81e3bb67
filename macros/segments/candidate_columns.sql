{#- The published name of a candidate's measure. -#}
{% macro published_measure(measure) %}
    {{ return('min_jaccard' if measure == 'min_jaccard' else measure) }}
{% endmacro %}


{#- Columns of the published candidates with their types, for reading the last publication. -#}
{% macro last_candidate_columns(measures) %}
    {% set columns = {'segmentation': 'string', 'algorithm': 'string', 'k': 'integer', 'verdict': 'string', 'reason': 'string'} %}
    {% for measure in measures %}
        {% do columns.update({published_measure(measure): 'double'}) %}
    {% endfor %}
    {% do columns.update({'is_eligible': 'boolean', 'is_chosen': 'boolean'}) %}
    {{ return(columns) }}
{% endmacro %}
