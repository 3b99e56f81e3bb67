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
        count(*) over (partition by segmentation) as comparisons
    from counts

),

/* two-proportion z test of the group against everyone else */
tested as (

    select
        *,
        customers as cell_customers,
        group_share / nullif(others_share, 0) as share_ratio,
        {{ adjusted_residual('customers', 'segment_customers', 'value_customers', 'population_customers') }}
            as z_statistic
    from shares

),

{% if has_inputs('credit_profiles') -%}
/* the same people by the same bands as in the credit tables */
age_bands as (

    select
        group_key,
        is_count_suppressed
    from {{ ref('int_credit_scores_by_group') }}
    where group_type = 'age_group_broad'

),

{% endif -%}
named_cells as (

    select
        tested.*,
        concat_ws(' / ', tested.segmentation, tested.segment_key, tested.attribute, tested.attribute_value)
            as cell_name,
        {{ 'coalesce(age_bands.is_count_suppressed, false)' if has_inputs('credit_profiles') else 'false' }}
        or {{ is_suppressed_in_total(
            'tested.value_customers', 'tested.segmentation, tested.attribute, tested.segment_key',
            'tested.attribute_value'
        ) }} as is_value_suppressed
    from tested
    {% if has_inputs('credit_profiles') %}
    left join age_bands
        on
            tested.segmentation = 'repayment'
            and tested.attribute = 'age_group'
            and tested.attribute_value = age_bands.group_key
    {% endif %}

),

/* groups add up to their segment and segments to their group; no one needs no protection */
suppression_lines as (

    select
        concat_ws(' / ', segmentation, attribute) as table_name,
        cell_name,
        concat_ws(' / ', segmentation, attribute, 'segment', segment_key) as line_name,
        cell_customers as customers,
        false as is_total,
        is_value_suppressed or cell_customers < {{ var('minimum_cell_size') }} as is_hidden
    from named_cells
    where cell_customers > 0
    union all
    select
        concat_ws(' / ', segmentation, attribute) as table_name,
        cell_name,
        concat_ws(' / ', segmentation, attribute, 'group', attribute_value) as line_name,
        cell_customers as customers,
        false as is_total,
        cell_customers < {{ var('minimum_cell_size') }} as is_hidden
    from named_cells
    where
        cell_customers > 0
        /* a group that is suppressed has no size for its cells to add up to */
        and not is_value_suppressed

),

{{ complementary_suppression() }},

suppressed as (

    select
        named_cells.*,
        named_cells.is_value_suppressed
        or named_cells.cell_customers < {{ var('minimum_cell_size') }}
        or complementary_suppression.cell_name is not null as is_suppressed
    from named_cells
    left join complementary_suppression
        on named_cells.cell_name = complementary_suppression.cell_name

),

judged as (

    select
        segmentation,
        segment_key,
        attribute,
        attribute_value,
        case when not is_value_suppressed then value_customers end as customers,
        {{ unless_suppressed('group_share') }} as group_share,
        {{ unless_suppressed('others_share') }} as others_share,
        {{ unless_suppressed('share_ratio') }} as share_ratio,
        {{ unless_suppressed('z_statistic') }} as z_statistic,
        /* Bonferroni: as many chances to be wrong as comparisons in the segmentation */
        {{ unless_suppressed(bounded('comparisons * ' ~ two_sided_normal_probability('z_statistic'), maximum='1.0')) }}
            as p_value,
        is_suppressed
    from suppressed

)

select * from judged
