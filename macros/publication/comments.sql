{#- A description without its Markdown pictures, for readers that show plain text. -#}
{% macro without_pictures(description) %}
    {{ return(modules.re.sub('!\\[[^\\]]*\\]\\([^)]*\\)\\s*', '', description) | trim) }}
{% endmacro %}


{#- As dbt-duckdb comments on a relation, but the pictures of its description are for dbt docs only. -#}
{% macro duckdb__alter_relation_comment(relation, comment) %}
    {{ return(dbt.duckdb__alter_relation_comment(relation, without_pictures(comment))) }}
{% endmacro %}
