{#-
    Query for the sets of demographic attributes that people are compared by: no attribute (everyone), every
    single one, every pair, and all of them. One row per set: its name `dimension_set`, the number of its
    attributes and which they are.
-#}
{% macro demographic_dimension_sets() %}
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
    having
        5 - grouping(age_group) - grouping(gender) - grouping(marital_status) - grouping(city)
        - grouping(occupation) in (0, 1, 2, 5)
{% endmacro %}


{#- Text of the values of a dimension set, from columns that are null where the set leaves the attribute out. -#}
{% macro group_label(age_group, gender, marital_status, city, occupation) -%}
    coalesce(
        nullif(concat_ws(' × ', {{ age_group }}, {{ gender }}, {{ marital_status }}, {{ city }}, {{ occupation }}), ''),
        'all'
    )
{%- endmacro %}


{#- Query for everyone in every combination: dimension_set, group_label and customer_id. -#}
{% macro people_in_combinations() %}
    select
        sets.dimension_set,
        {{ group_label(
            "max(case when sets.has_age_group and people.attribute = 'age_group' then people.attribute_value end)",
            "max(case when sets.has_gender and people.attribute = 'gender' then people.attribute_value end)",
            "max(case when sets.has_marital_status and people.attribute = 'marital_status' then people.attribute_value end)",
            "max(case when sets.has_city and people.attribute = 'city' then people.attribute_value end)",
            "max(case when sets.has_occupation and people.attribute = 'occupation' then people.attribute_value end)",
        ) }} as group_label,
        people.customer_id
    from {{ ref('int_customers_by_attribute') }} as people
    cross join ({{ demographic_dimension_sets() }}) as sets
    group by
        sets.dimension_set,
        people.customer_id
{% endmacro %}
