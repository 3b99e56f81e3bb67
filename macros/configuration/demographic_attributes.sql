{#- The attributes that people are compared by in the demographic tables. -#}
{% macro demographic_attributes() %}
    {{ return(['age_group', 'gender', 'marital_status', 'city', 'occupation']) }}
{% endmacro %}
