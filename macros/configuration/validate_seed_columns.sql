{#-
    Stops when the file of a reference seed lacks a column or has one more than its YAML describes, and names it.
    Before it is loaded: dbt puts the names into its statement as they are, so one could be a statement itself.
-#}
{% macro validate_seed_columns(seed, found) %}
    {% set wanted = seed.columns.keys() | list %}
    {% set file = "seeds/reference/" ~ seed.name ~ ".csv" %}
    {% for name in wanted if name not in found %}
        {% set others = found | reject('in', wanted) | list %}
        {% set hint = " Is it the column '" ~ card_segments.nearest_name(name, others) ~ "'?" if others else "" %}
        {% do card_segments.raise_error("The file " ~ file ~ " has no column '" ~ name ~ "'." ~ hint ~ " Its columns have to be " ~ wanted | join(', ') ~ ". Correct its header.") %}
    {% endfor %}
    {% for name in found if name not in wanted %}
        {% do card_segments.raise_error("The file " ~ file ~ " has a column '" ~ name ~ "', which nothing reads. Its columns have to be " ~ wanted | join(', ') ~ ". Take it out of that file.") %}
    {% endfor %}
{% endmacro %}
