-- One row per segment and value of a protected attribute: how much more often the group is in the segment than others.
with

counts as (

    select * from {{ ref('int_segment_attribute_counts') }}

),

shares as (

    select
        *,
        cast(customers as double) / nullif(value_customers, 0) as group_share,
        cast(segment_customers - customers as double)
        / nullif(population_customers - value_customers, 0) as others_share,
        cast(segment_customers as double) / population_customers as pooled_share,
        count(*) over (partition by segmentation) as comparisons
    from counts

),

/* two-proportion z test of the group against everyone else */
tested as (

    select
        *,
        customers as cell_customers,
        group_share / nullif(others_share, 0) as share_ratio,
        (group_share - others_share) / nullif(
            sqrt(
                pooled_share * (1 - pooled_share)
                * (1.0 / nullif(value_customers, 0) + 1.0 / nullif(population_customers - value_customers, 0))
            ), 0
        ) as z_statistic
    from shares

),

judged as (

    select
        segmentation,
        segment_key,
        attribute,
        attribute_value,
        value_customers as customers,
        {{ unless_small_cell('group_share', 'cell_customers') }} as group_share,
        {{ unless_small_cell('others_share', 'cell_customers') }} as others_share,
        {{ unless_small_cell('share_ratio', 'cell_customers') }} as share_ratio,
        {{ unless_small_cell('z_statistic', 'cell_customers') }} as z_statistic,
        /* Bonferroni: as many chances to be wrong as comparisons in the segmentation */
        {{ unless_small_cell(
            'least(1.0, comparisons * ' ~ two_sided_normal_probability('z_statistic') ~ ')', 'cell_customers'
        ) }} as p_value,
        cell_customers < {{ var('minimum_cell_size') }} as is_suppressed
    from tested

)

select * from judged
