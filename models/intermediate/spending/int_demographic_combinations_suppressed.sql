-- One row per combination of demographic attributes and their values: its sums, and whether they are suppressed.
{{ config(enabled=has_inputs('customers', 'spends')) }}
{#- Combinations add up to those of fewer attributes. A suppressed one of these may not be the sum of shown ones. #}
with

combinations as (

    select
        *,
        customers < {{ var('minimum_cell_size') }} as is_small,
        min(customers) over (partition by dimension_set) < {{ var('minimum_cell_size') }} as has_small_ones
    from {{ ref('int_demographic_combinations_summed') }}

),

dimension_sets as (

    {{ demographic_dimension_sets() | trim }}

),

/* each combination once under every one of fewer attributes that it is part of */
parts as (

    select
        combinations.dimension_set as table_name,
        combinations.group_label as cell_name,
        totals.dimension_set as total_dimension_set,
        {{ group_label(
            'case when totals.has_age_group then combinations.age_group end',
            'case when totals.has_gender then combinations.gender end',
            'case when totals.has_marital_status then combinations.marital_status end',
            'case when totals.has_city then combinations.city end',
            'case when totals.has_occupation then combinations.occupation end',
        ) }} as total_group_label,
        combinations.customers,
        combinations.is_small
    from combinations
    inner join dimension_sets as totals
        on
            combinations.attribute_count > totals.attribute_count
            and (combinations.age_group is not null or not totals.has_age_group)
            and (combinations.gender is not null or not totals.has_gender)
            and (combinations.marital_status is not null or not totals.has_marital_status)
            and (combinations.city is not null or not totals.has_city)
            and (combinations.occupation is not null or not totals.has_occupation)

),

/*
    Everyone together is never suppressed, nor is the value of an attribute for the sake of its combinations: small
    values are folded, so the others are shown whatever is within them. Other totals can be suppressed.
*/
suppression_lines as (

    select
        table_name,
        cell_name,
        concat_ws(' / ', table_name, total_dimension_set, total_group_label) as line_name,
        customers,
        false as is_total,
        is_small as is_hidden
    from parts
    union all
    select distinct
        combinations.dimension_set as table_name,
        combinations.group_label as cell_name,
        concat_ws(' / ', parts.table_name, parts.total_dimension_set, parts.total_group_label) as line_name,
        combinations.customers,
        true as is_total,
        combinations.is_small as is_hidden
    from parts
    inner join combinations
        on
            parts.total_dimension_set = combinations.dimension_set
            and parts.total_group_label = combinations.group_label
    where
        combinations.attribute_count > 1
        or (combinations.attribute_count = 1 and combinations.has_small_ones)

),

{{ complementary_suppression() }},

suppressed as (

    select
        combinations.*,
        combinations.is_small or complementary_suppression.cell_name is not null as is_suppressed
    from combinations
    left join complementary_suppression
        on
            combinations.dimension_set = complementary_suppression.table_name
            and combinations.group_label = complementary_suppression.cell_name

)

select * from suppressed
