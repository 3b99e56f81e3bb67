{#-
    Query for the sets of demographic attributes that people are compared by: no attribute (everyone), every
    single one, every pair, and all of them. One row per set: its name `dimension_set`, the number of its
    attributes and which they are.
-#}
{% macro demographic_dimension_sets() %}
    select
        dimension_set,
        attribute_count,
        has_age_group,
        has_gender,
        has_marital_status,
        has_city,
        has_occupation
    from (
        select
            coalesce(
                nullif(concat_ws(' × ', age_group, gender, marital_status, city, occupation), ''), 'all'
            ) as dimension_set,
            5 - grouping(age_group) - grouping(gender) - grouping(marital_status) - grouping(city)
            - grouping(occupation) as attribute_count,
            age_group is not null as has_age_group,
            gender is not null as has_gender,
            marital_status is not null as has_marital_status,
            city is not null as has_city,
            occupation is not null as has_occupation
        from (
            select
                'age_group' as age_group,
                'gender' as gender,
                'marital_status' as marital_status,
                'city' as city,
                'occupation' as occupation
        ) as attributes
        group by cube (age_group, gender, marital_status, city, occupation)
    ) as every_set
    where attribute_count in (0, 1, 2, 5)
{% endmacro %}


{#- Text of the values of a dimension set, from columns that are null where the set leaves the attribute out. -#}
{% macro group_label(age_group, gender, marital_status, city, occupation) -%}
    coalesce(
        nullif(concat_ws(' × ', {{ age_group }}, {{ gender }}, {{ marital_status }}, {{ city }}, {{ occupation }}), ''),
        'all'
    )
{%- endmacro %}


{#- Query for the people in every combination: dimension_set, group_label and customer_id. -#}
{% macro people_in_combinations() %}
    {% set counts %}
        select
            dimension_sets.dimension_set,
            {{ group_label(
                'case when dimension_sets.has_age_group then cells.age_group end',
                'case when dimension_sets.has_gender then cells.gender end',
                'case when dimension_sets.has_marital_status then cells.marital_status end',
                'case when dimension_sets.has_city then cells.city end',
                'case when dimension_sets.has_occupation then cells.occupation end',
            ) }} as group_label,
            sum(cells.customers) as customers
        from (
            select age_group, gender, marital_status, city, occupation, count(*) as customers
            from {{ ref('int_customers_grouped') }}
            group by age_group, gender, marital_status, city, occupation
        ) as cells
        cross join ({{ demographic_dimension_sets() }}) as dimension_sets
        group by all
    {% endset %}
{{ people_of_counts(['dimension_set', 'group_label'], counts) }}
{% endmacro %}
