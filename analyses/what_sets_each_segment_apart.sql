-- Which three figures set each segment most apart from everyone?
with

profiles as (

    select * from {{ ref('segment_profiles') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by segment_key
            order by abs(standardised_difference) desc nulls last, metric asc
        ) as difference_rank
    from profiles

),

strongest as (

    select
        segmentation,
        segment_key,
        segment_name,
        metric_label,
        unit,
        difference_rank,
        mean,
        population_mean,
        index_100,
        standardised_difference
    from ranked
    where difference_rank <= 3

)

select * from strongest
order by
    segmentation asc,
    segment_key asc,
    difference_rank asc
