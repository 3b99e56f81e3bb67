with

combinations as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

dimension_sets as (

    {{ demographic_dimension_sets() | trim }}

),

parts as (

    select
        combinations.dimension_set,
        totals.dimension_set as total_dimension_set,
        {{ group_label(
            'case when totals.has_age_group then combinations.age_group end',
            'case when totals.has_gender then combinations.gender end',
            'case when totals.has_marital_status then combinations.marital_status end',
            'case when totals.has_city then combinations.city end',
            'case when totals.has_occupation then combinations.occupation end',
        ) }} as total_group_label,
        combinations.customers,
        combinations.is_suppressed
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

counted as (

    select
        dimension_set,
        total_dimension_set,
        total_group_label,
        count(*) as cells,
        count(*) filter (where is_suppressed) as suppressed_cells,
        coalesce(sum(customers) filter (where is_suppressed), 0) as suppressed_customers
    from parts
    group by
        dimension_set,
        total_dimension_set,
        total_group_label

)

/* what is not told of the total need not be suppressed in its parts, but then they may not add up to it */
select counted.*
from counted
inner join combinations as totals
    on
        counted.total_dimension_set = totals.dimension_set
        and counted.total_group_label = totals.group_label
where
    (totals.is_suppressed and counted.suppressed_cells = 0)
    or (
        not totals.is_suppressed
        and counted.suppressed_cells > 0
        and counted.cells > counted.suppressed_cells
        and (counted.suppressed_cells = 1 or counted.suppressed_customers < {{ var('minimum_cell_size') }})
    )
