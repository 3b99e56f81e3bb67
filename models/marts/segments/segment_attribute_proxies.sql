-- One row per segmentation and protected attribute: how far the segments are a proxy for it.
with

counts as (

    select * from {{ ref('int_segment_attribute_counts') }}

),

shares as (

    select
        *,
        cast(customers as double) / population_customers as joint_share,
        cast(value_customers as double) / population_customers as value_share,
        cast(segment_customers as double) / population_customers as segment_share
    from counts

),

cells as (

    select
        segmentation,
        attribute,
        population_customers,
        case when customers > 0 then joint_share * ln(joint_share / (value_share * segment_share)) else 0 end
            as information,
        power(joint_share - value_share * segment_share, 2) / (value_share * segment_share) as chi_square_share
    from shares

),

sums as (

    select
        segmentation,
        attribute,
        max(population_customers) as customers,
        {{ exact_sum('information') }} as mutual_information,
        {{ exact_sum('chi_square_share') }} as chi_square_share
    from cells
    group by
        segmentation,
        attribute

),

value_shares as (

    select distinct
        segmentation,
        attribute,
        attribute_value,
        value_share
    from shares

),

value_entropies as (

    select
        segmentation,
        attribute,
        count(*) as attribute_values,
        {{ exact_sum('-value_share * ln(value_share)') }} as entropy
    from value_shares
    group by
        segmentation,
        attribute

),

segment_shares as (

    select distinct
        segmentation,
        attribute,
        segment_key,
        segment_share
    from shares

),

segment_entropies as (

    select
        segmentation,
        attribute,
        count(*) as segments,
        {{ exact_sum('-segment_share * ln(segment_share)') }} as entropy
    from segment_shares
    group by
        segmentation,
        attribute

),

measured as (

    select
        sums.segmentation,
        sums.attribute,
        sums.customers,
        /* the arithmetic mean of the two entropies, as scikit-learn normalises */
        {{ bounded(
            '2 * sums.mutual_information / nullif(value_entropies.entropy + segment_entropies.entropy, 0)',
            minimum=0, maximum=1
        ) }} as normalised_mutual_information,
        /* rounding must not take a perfect proxy above 1 */
        sqrt(
            least(sums.chi_square_share, least(value_entropies.attribute_values, segment_entropies.segments) - 1)
            / nullif(least(value_entropies.attribute_values, segment_entropies.segments) - 1, 0)
        ) as cramers_v
    from sums
    inner join value_entropies
        on
            sums.segmentation = value_entropies.segmentation
            and sums.attribute = value_entropies.attribute
    inner join segment_entropies
        on
            sums.segmentation = segment_entropies.segmentation
            and sums.attribute = segment_entropies.attribute

),

members as (

    select
        segmentation,
        count(*) as members
    from {{ ref('int_segment_scores') }}
    group by segmentation

),

flagged as (

    select
        measured.segmentation,
        measured.attribute,
        /* all less those with a value are a count of people too */
        case
            when
                measured.customers >= {{ var('minimum_cell_size') }}
                and members.members - measured.customers not between 1 and {{ var('minimum_cell_size') }} - 1
                then measured.customers
        end as customers,
        measured.normalised_mutual_information,
        measured.cramers_v,
        coalesce(
            measured.normalised_mutual_information >= {{ var('proxy_mutual_information') }}
            or measured.cramers_v >= {{ var('proxy_cramers_v') }},
            false
        ) as is_flagged
    from measured
    inner join members
        on measured.segmentation = members.segmentation

)

select * from flagged
