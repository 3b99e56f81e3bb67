-- One row per segment of a published segmentation: size, stability and rule.
with

scores as (

    select * from {{ ref('int_segment_scores') }}

),

fitted_segments as (

    select * from {{ fits() }}
    where record = 'segment'

),

last_segments as (

    {{ select_last_published('segments', {
        'segment_key': 'string', 'jaccard': 'double', 'rule': 'string', 'rule_fidelity': 'double'
    }) }}

),

sizes as (

    select
        segmentation,
        segment_key,
        segment_number,
        count(*) as customers,
        {{ exact_mean('margin') }} as average_margin
    from scores
    group by
        segmentation,
        segment_key,
        segment_number

),

populations as (

    select
        segmentation,
        sum(customers) as population_customers
    from sizes
    group by segmentation

),

segments as (

    select
        sizes.segmentation,
        sizes.segment_key,
        sizes.segment_number,
        sizes.customers,
        cast(sizes.customers as double) / populations.population_customers as customer_share,
        coalesce(fitted_segments.key_status, 'kept') as key_status,
        /* a model that is kept has the stability and the rules that it was published with */
        coalesce(fitted_segments.jaccard, last_segments.jaccard) as jaccard,
        coalesce(fitted_segments.rule, last_segments.rule) as rule,
        coalesce(fitted_segments.rule_fidelity, last_segments.rule_fidelity) as rule_fidelity,
        sizes.average_margin
    from sizes
    inner join populations
        on sizes.segmentation = populations.segmentation
    left join fitted_segments
        on sizes.segment_key = fitted_segments.segment_key
    left join last_segments
        on sizes.segment_key = last_segments.segment_key

)

select * from segments
