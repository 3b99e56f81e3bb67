with

populations as (

    select
        segmentation,
        count(*) as customers
    from {{ ref('int_segmentation_features') }}
    group by segmentation

),

scored as (

    select
        segmentation,
        count(*) as customers
    from {{ ref('int_prior_publication__members') }}
    where scored_segment_key is not null
    group by segmentation

)

select
    scored.segmentation,
    scored.customers as scored_customers,
    populations.customers
from scored
inner join populations
    on scored.segmentation = populations.segmentation
where scored.customers <> populations.customers
