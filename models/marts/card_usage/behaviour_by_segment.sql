-- One row per card-usage segment, and one for everyone, and class of behaviour: how common the class is there.
{{ config(enabled=has_inputs('card_usage')) }}
with

groups as (

    select * from {{ ref('int_card_usage__groups') }}

),

behaviours as (

    select * from {{ ref('cardholder_behaviour') }}

),

classes as (

    select * from {{ ref('behaviour_classes') }}

),

segments as (

    select
        segmentation,
        segment_key,
        segment_name,
        count(*) as segment_customers
    from groups
    group by
        segmentation,
        segment_key,
        segment_name

),

counted as (

    select
        groups.segment_key,
        behaviours.behaviour_class,
        count(*) as customers
    from groups
    inner join behaviours
        on groups.customer_id = behaviours.customer_id
    group by
        groups.segment_key,
        behaviours.behaviour_class

),

/* a class that no one in the segment belongs to has a row too */
cells as (

    select
        segments.segmentation,
        segments.segment_key,
        segments.segment_name,
        classes.behaviour_class,
        segments.segment_customers,
        coalesce(counted.customers, 0) as customers
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
        cast(cells.segment_customers as double) / population.population_customers as segment_share,
        cast(population.class_customers as double) / population.population_customers as population_share,
        cast(cells.segment_customers as double) * population.class_customers / population.population_customers
            as expected_customers
    from cells
    inner join population
        on cells.behaviour_class = population.behaviour_class

),

associations as (

    select
        segmentation,
        {{ exact_sum(
            'power(customers - expected_customers, 2) / nullif(expected_customers, 0) / population_customers'
        ) }} as chi_square_share,
        count(distinct segment_key) as segments,
        count(distinct case when class_customers > 0 then behaviour_class end) as classes
    from expected
    where segment_key is not null
    group by segmentation

),

named_cells as (

    select
        *,
        concat_ws(' / ', coalesce(segment_key, 'all'), behaviour_class) as cell_name,
        count(segment_key) over () as associated_segments,
        customers < {{ var('minimum_cell_size') }} as is_small
    from expected

),

/* the classes of a segment add up to the segment, its segments to everyone of a class; no one needs no protection */
suppression_lines as (

    select
        segmentation as table_name,
        cell_name,
        concat_ws(' / ', 'segment', coalesce(segment_key, 'all')) as line_name,
        customers,
        false as is_total,
        is_small as is_hidden
    from named_cells
    where customers > 0
    union all
    select
        segmentation as table_name,
        cell_name,
        concat_ws(' / ', 'class', behaviour_class) as line_name,
        customers,
        segment_key is null as is_total,
        is_small as is_hidden
    from named_cells
    where
        customers > 0
        /* without segments everyone is the sum of nothing */
        and associated_segments > 0

),

{{ complementary_suppression() }},

judged as (

    select
        named_cells.*,
        named_cells.is_small or complementary_suppression.cell_name is not null as is_suppressed
    from named_cells
    left join complementary_suppression
        on named_cells.cell_name = complementary_suppression.cell_name

),

compared as (

    select
        -- ids
        judged.segmentation,
        judged.segment_key,

        -- strings
        judged.segment_name,
        judged.behaviour_class,

        -- numbers
        judged.segment_customers,
        {{ unless_suppressed('judged.customers') }} as customers,
        {{ unless_suppressed('cast(judged.customers as double) / judged.segment_customers') }} as customer_share,
        {{ unless_suppressed('cast(judged.customers as double) / nullif(judged.class_customers, 0)') }} as class_share,
        {{ unless_suppressed('100 * judged.customers / nullif(judged.expected_customers, 0)') }} as index_100,
        /* in standard deviations of chance, as adjusted by Haberman: beyond 2 either way is more than noise */
        case
            when judged.segment_key is not null
                then {{ unless_suppressed(
                    '(judged.customers - judged.expected_customers) / nullif(sqrt('
                    ~ 'judged.expected_customers * (1 - judged.segment_share) * (1 - judged.population_share)), 0)'
                ) }}
        end as standardised_residual,
        /* rounding must not take a perfect association above 1 */
        least(1.0, sqrt(
            associations.chi_square_share / nullif(least(associations.segments, associations.classes) - 1, 0)
        )) as cramers_v,

        -- booleans
        judged.is_suppressed
    from judged
    left join associations
        on judged.segmentation = associations.segmentation

)

select * from compared
