with

choices as (

    select
        segmentation,
        count(*) as chosen_candidates
    from {{ ref('segment_candidates') }}
    where is_chosen
    group by segmentation

),

outcomes as (

    select * from {{ ref('int_segmentation_outcomes') }}

)

select
    outcomes.segmentation,
    outcomes.status,
    choices.chosen_candidates
from outcomes
left join choices
    on outcomes.segmentation = choices.segmentation
where
    coalesce(choices.chosen_candidates, 0)
    <> case when outcomes.status = 'published' then 1 else 0 end
