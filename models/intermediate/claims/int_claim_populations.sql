-- One row per population that claims can be about: the inputs that it lacks.
{% set known = claim_populations() %}
with

populations as (

    {% for name, population in known.items() %}
    select
        '{{ name }}' as population,
        {%- set missing = missing_inputs(population.inputs) | join(' and ') %}
        nullif({{ sql_text(missing) }}, '') as missing_inputs
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from populations
