{#-
    Stops when a reference seed lacks a column or has one more than its YAML describes, and names it. The
    first post-hook of a seed, so that the sentence comes before anything reads the column:

        post_hook: ["{{ validate_seed_columns(this, model) }}"]
-#}
{% macro validate_seed_columns(seed, node) %}
    {% if execute and flags.WHICH in ('build', 'seed') %}
        {% set wanted = node.columns.keys() | list %}
        {% set found = adapter.get_columns_in_relation(seed) | map(attribute='name') | list %}
        {% set file = "seeds/reference/" ~ seed.identifier ~ ".csv" %}
        {% for name in wanted if name not in found %}
            {% set others = found | reject('in', wanted) | list %}
            {% set hint = " Is it the column '" ~ nearest_name(name, others) ~ "'?" if others else "" %}
            {% do raise_error("The file " ~ file ~ " has no column '" ~ name ~ "'." ~ hint ~ " Its columns have to be " ~ wanted | join(', ') ~ ". Correct its header.") %}
        {% endfor %}
        {% for name in found if name not in wanted %}
            {% do raise_error("The file " ~ file ~ " has a column '" ~ name ~ "', which nothing reads. Its columns have to be " ~ wanted | join(', ') ~ ". Take it out of that file.") %}
        {% endfor %}
    {% endif %}
{% endmacro %}
