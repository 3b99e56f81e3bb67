{% materialization seed, adapter='duckdb' %}
    {{ return(card_segments.materialization_seed_duckdb()) }}
{% endmaterialization %}
