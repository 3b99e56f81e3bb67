-- One row per card-usage segment, and one for everyone, and class of behaviour: customers, against chance.
{{ config(enabled=has_inputs('card_usage')) }}
with

behaviours as (

    select * from {{ ref('int_card_usage__behaviours') }}

),

scores as (

    select * from {{ ref('int_segment_scores') }}
    where segmentation = 'card_usage'

),

classes as (

    select * from {{ ref('behaviour_classes') }}

),

/* a segmentation that was not published has no segments, but everyone is there */
grouped as (

    select
        cast(null as {{ dbt.type_string() }}) as segment_key,
        behaviour_class
    from behaviours
    union all
    select
        scores.segment_key,
        behaviours.behaviour_class
    from behaviours
    inner join scores
        on behaviours.customer_id = scores.customer_id

),

segments as (

    select
        segment_key,
        count(*) as segment_customers
    from grouped
    group by segment_key

),

counted as (

    select
        segment_key,
        behaviour_class,
        count(*) as customers
    from grouped
    group by
        segment_key,
        behaviour_class

),

/* a class that no one in the segment belongs to has a row too */
cells as (

    select
        segments.segment_key,
        classes.behaviour_class,
        segments.segment_customers,
        coalesce(counted.customers, 0) as customers,
        concat_ws(' / ', coalesce(segments.segment_key, 'all'), classes.behaviour_class) as cell_name,
        coalesce(counted.customers, 0) < {{ var('minimum_cell_size') }} as is_small,
        count(segments.segment_key) over () > 0 as is_segmented
    from segments
    cross join classes
    left join counted
        on
            segments.segment_key is not distinct from counted.segment_key
            and classes.behaviour_class = counted.behaviour_class

),

population as (

    select
        behaviour_class,
        customers as class_customers,
        segment_customers as population_customers
    from cells
    where segment_key is null

),

/* what would be expected if segment and behaviour had nothing to do with each other */
expected as (

    select
        cells.*,
        population.class_customers,
        population.population_customers,
        cast(cells.segment_customers as double) * population.class_customers / population.population_customers
            as expected_customers
    from cells
    inner join population
        on cells.behaviour_class = population.behaviour_class

),

associations as (

    select
        {{ exact_sum(
            'power(customers - expected_customers, 2) / nullif(expected_customers, 0) / population_customers'
        ) }} as chi_square_share,
        count(distinct segment_key) as segments,
        count(distinct case when class_customers > 0 then behaviour_class end) as classes
    from expected
    where segment_key is not null

),

/* the classes of a segment add up to the segment, its segments to everyone of a class; no one needs no protection */
suppression_lines as (

    select
        'behaviour' as table_name,
        cell_name,
        concat_ws(' / ', 'segment', coalesce(segment_key, 'all')) as line_name,
        customers,
        false as is_total,
        is_small as is_hidden
    from cells
    where customers > 0
    union all
    select
        'behaviour' as table_name,
        cell_name,
        concat_ws(' / ', 'class', behaviour_class) as line_name,
        customers,
        segment_key is null as is_total,
        is_small as is_hidden
    from cells
    where
        customers > 0
        /* without segments everyone is the sum of nothing */
        and is_segmented

),

{{ complementary_suppression() }},

compared as (

    select
        'card_usage' as segmentation,
        expected.segment_key,
        expected.behaviour_class,
        expected.segment_customers,
        expected.class_customers,
        expected.population_customers,
        expected.customers,
        cast(expected.customers as double) / expected.segment_customers as customer_share,
        cast(expected.customers as double) / nullif(expected.class_customers, 0) as class_share,
        100 * expected.customers / nullif(expected.expected_customers, 0) as index_100,
        {{ adjusted_residual(
            'expected.customers', 'expected.segment_customers', 'expected.class_customers',
            'expected.population_customers'
        ) }} as standardised_residual,
        /* rounding must not take a perfect association above 1 */
        {{ bounded(
            'sqrt(associations.chi_square_share / nullif(least(associations.segments, associations.classes) - 1, 0))',
            maximum='1.0'
        ) }} as cramers_v,
        /* no one needs no protection, but is not told where others are not */
        complementary_suppression.cell_name is not null
        or (
            expected.customers = 0
            and count(complementary_suppression.cell_name) over (partition by expected.segment_key) > 0
        ) as is_suppressed
    from expected
    cross join associations
    left join complementary_suppression
        on expected.cell_name = complementary_suppression.cell_name

)

select * from compared
