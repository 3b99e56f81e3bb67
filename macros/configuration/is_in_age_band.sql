{#- Whether an age in years lies in a band of age_bands, both ends included; a band without a limit is open there. -#}
{% macro is_in_age_band(age_years) -%}
    {{ age_years }} >= coalesce(age_bands.minimum_age, {{ age_years }})
            and {{ age_years }} <= coalesce(age_bands.maximum_age, {{ age_years }})
{%- endmacro %}
