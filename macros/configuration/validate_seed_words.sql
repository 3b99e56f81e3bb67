{#-
    Stops when a row of a reference seed uses a word that nothing knows, and names the rule. A post-hook
    of the seed, so that the sentence comes before anything is built on the rule:

        post_hook: "{{ validate_seed_words(this, 'benefit_key', 'basis', ['category', 'payment_type']) }}"

    An empty cell passes; whether it may be empty is for a not_null test to say.
-#}
{% macro validate_seed_words(seed, key_column, column, known) %}
    {% if execute and flags.WHICH in ('build', 'seed') %}
        {% set unknown = run_query(
            "select " ~ key_column ~ ", " ~ column ~ " from " ~ seed ~ " where " ~ column ~ " is not null "
            ~ "and cast(" ~ column ~ " as " ~ dbt.type_string() ~ ") not in (" ~ card_segments.sql_list(known) ~ ") order by 1, 2 limit 1"
        ).rows %}
        {% for rule, word in unknown %}
            {% do card_segments.raise_error("The rule '" ~ rule ~ "' in seeds/reference/" ~ seed.identifier ~ ".csv has '" ~ word ~ "' as its " ~ column ~ ", which nothing knows. Did you mean '" ~ card_segments.nearest_name(word, known) ~ "'? Known are " ~ known | join(', ') ~ ". Correct it in that file.") %}
        {% endfor %}
    {% endif %}
{% endmacro %}
