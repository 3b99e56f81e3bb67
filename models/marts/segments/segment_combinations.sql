-- One row per pair of segments of two segmentations of the same customers: how often they go together, against chance.
with

members as (

    select
        segmentation,
        segment_key,
        customer_id,
        {{ population_of('segmentation') | indent(8) }} as population
    from {{ ref('int_segment_scores') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

together as (

    select
        members.segmentation,
        members.segment_key,
        others.segmentation as other_segmentation,
        others.segment_key as other_segment_key,
        count(*) as customers
    from members
    inner join members as others
        on
            members.population = others.population
            and members.customer_id = others.customer_id
            and members.segmentation < others.segmentation
    group by
        members.segmentation,
        members.segment_key,
        others.segmentation,
        others.segment_key

),

sizes as (

    select
        segmentation,
        segment_key,
        count(*) as customers
    from members
    group by
        segmentation,
        segment_key

),

pairs as (

    select
        segmentation,
        other_segmentation,
        sum(customers) as pair_customers
    from together
    group by
        segmentation,
        other_segmentation

),

/* two segments that nobody is in both of are a combination too; margins are of those who are in both segmentations */
cells as (

    select
        pairs.segmentation,
        sizes.segment_key,
        pairs.other_segmentation,
        other_sizes.segment_key as other_segment_key,
        coalesce(together.customers, 0) as customers,
        sum(coalesce(together.customers, 0))
            over (partition by pairs.other_segmentation, sizes.segment_key) as segment_customers,
        sum(coalesce(together.customers, 0))
            over (partition by pairs.segmentation, other_sizes.segment_key) as other_segment_customers,
        pairs.pair_customers
    from pairs
    inner join sizes
        on pairs.segmentation = sizes.segmentation
    inner join sizes as other_sizes
        on pairs.other_segmentation = other_sizes.segmentation
    left join together
        on
            sizes.segment_key = together.segment_key
            and other_sizes.segment_key = together.other_segment_key

),

/* who is in a segment and not in the other segmentation: the sizes of segments are published, so this follows */
outside as (

    select distinct
        cells.segmentation,
        cells.other_segmentation,
        sizes.segment_key,
        cells.segmentation as side,
        sizes.customers - cells.segment_customers as customers
    from cells
    inner join sizes
        on cells.segment_key = sizes.segment_key
    union all
    select distinct
        cells.segmentation,
        cells.other_segmentation,
        sizes.segment_key,
        cells.other_segmentation as side,
        sizes.customers - cells.other_segment_customers as customers
    from cells
    inner join sizes
        on cells.other_segment_key = sizes.segment_key

),

outside_named as (

    select
        *,
        concat_ws(' / ', segment_key, 'outside', segmentation, other_segmentation) as cell_name
    from outside
    where customers > 0

),

/* each cell adds up in two lines; the number of customers in both is known, so those outside add up as well */
counted as (

    select
        segmentation,
        other_segmentation,
        concat_ws(' / ', segment_key, other_segment_key) as cell_name,
        segment_key as first_line,
        other_segment_key as second_line,
        customers
    from cells
    where customers > 0
    union all
    select
        segmentation,
        other_segmentation,
        cell_name,
        segment_key as first_line,
        concat('outside, of ', side) as second_line,
        customers
    from outside_named

),

suppression_lines as (

    select
        concat_ws(' / ', segmentation, other_segmentation) as table_name,
        cell_name,
        concat_ws(' / ', segmentation, other_segmentation, first_line) as line_name,
        customers,
        false as is_total,
        customers < {{ var('minimum_cell_size') }} as is_hidden
    from counted
    union all
    select
        concat_ws(' / ', segmentation, other_segmentation) as table_name,
        cell_name,
        concat_ws(' / ', segmentation, other_segmentation, second_line) as line_name,
        customers,
        false as is_total,
        customers < {{ var('minimum_cell_size') }} as is_hidden
    from counted

),

{{ complementary_suppression() }},

/* what chance would give tells how many of a segment are in both, and so how many are not */
segments_without_margin as (

    select
        outside_named.segmentation,
        outside_named.other_segmentation,
        outside_named.segment_key
    from outside_named
    inner join complementary_suppression
        on outside_named.cell_name = complementary_suppression.cell_name

),

measured as (

    select
        cells.*,
        cast(cells.segment_customers as double) * cells.other_segment_customers / cells.pair_customers
            as expected_customers,
        {{ adjusted_residual(
            'cells.customers', 'cells.segment_customers', 'cells.other_segment_customers', 'cells.pair_customers'
        ) }} as standardised_residual,
        cells.customers < {{ var('minimum_cell_size') }} or complementary_suppression.cell_name is not null
            as is_suppressed,
        own_margin.segment_key is not null or other_margin.segment_key is not null as is_margin_suppressed
    from cells
    left join complementary_suppression
        on concat_ws(' / ', cells.segment_key, cells.other_segment_key) = complementary_suppression.cell_name
    left join segments_without_margin as own_margin
        on
            cells.other_segmentation = own_margin.other_segmentation
            and cells.segment_key = own_margin.segment_key
    left join segments_without_margin as other_margin
        on
            cells.segmentation = other_margin.segmentation
            and cells.other_segment_key = other_margin.segment_key

),

/* Cramer's V; with two digits it does not tell what a suppressed cell holds */
strengths as (

    select
        segmentation,
        other_segmentation,
        max(pair_customers) as pair_customers,
        round(sqrt(least(
            {{ exact_sum(
                'power(customers - expected_customers, 2) / nullif(expected_customers * pair_customers, 0)'
            ) }}
            / nullif(
                least(
                    count(distinct segment_key) filter (where segment_customers > 0),
                    count(distinct other_segment_key) filter (where other_segment_customers > 0)
                ) - 1, 0
            ),
            1
        )), 2) as cramers_v
    from measured
    group by
        segmentation,
        other_segmentation
    /* where every cell is suppressed, so is what is said of all of them */
    having not bool_and(is_suppressed)

),

suppressed as (

    select
        measured.segmentation,
        measured.segment_key,
        segment_names.segment_name,
        measured.other_segmentation,
        measured.other_segment_key,
        other_names.segment_name as other_segment_name,
        cast({{ unless_suppressed('measured.customers') }} as bigint) as customers,
        {{ unless_suppressed('case when not is_margin_suppressed then measured.expected_customers end') }}
            as expected_customers,
        {{ unless_suppressed(
            'case when not is_margin_suppressed then measured.customers / nullif(measured.expected_customers, 0) end'
        ) }} as lift,
        {{ unless_suppressed('case when not is_margin_suppressed then measured.standardised_residual end') }}
            as standardised_residual,
        cast(strengths.pair_customers as bigint) as pair_customers,
        strengths.cramers_v,
        measured.is_suppressed
    from measured
    left join strengths
        on
            measured.segmentation = strengths.segmentation
            and measured.other_segmentation = strengths.other_segmentation
    inner join segment_names
        on measured.segment_key = segment_names.segment_key
    inner join segment_names as other_names
        on measured.other_segment_key = other_names.segment_key

)

select * from suppressed
