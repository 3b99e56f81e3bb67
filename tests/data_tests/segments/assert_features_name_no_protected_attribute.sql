-- depends_on: {{ ref('int_segmentation_specifications') }}
{#- Words of a feature's name, apart from its underscores: `average` and `usage` are not `age`. -#}
{% set denied = [
    'sex', 'sexes', 'gender', 'male', 'males', 'female', 'females', 'man', 'men', 'woman', 'women',
    'age', 'ages', 'aged', 'birth', 'birthday', 'birthdate', 'birthyear', 'born', 'dob', 'senior', 'seniors',
    'marital', 'marriage', 'married', 'unmarried', 'spouse', 'widowed', 'divorced',
] %}
with

protected_features as (

    {% for segmentation in active_segmentations() if execute %}
    {%- for column in segmentation_features(segmentation) %}
    {%- if modules.re.findall('[a-z]+', column.name | lower) | select('in', denied) | list %}
    select
        '{{ segmentation }}' as segmentation,
        '{{ column.name }}' as feature
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
    {{ empty_relation({'segmentation': dbt.type_string(), 'feature': dbt.type_string()}) }}

)

select * from protected_features
