{#- The attributes that people are compared by in the demographic tables. -#}
{% macro demographic_attributes() %}
    {{ return(['age_group', 'gender', 'marital_status', 'city', 'occupation']) }}
{% endmacro %}


{#- Those of them that may not decide a credit offer in most countries; they describe only. -#}
{% macro protected_attributes() %}
    {{ return(['age_group', 'gender', 'marital_status']) }}
{% endmacro %}
