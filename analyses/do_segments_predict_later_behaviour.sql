-- Do segments of the earlier months tell how customers behave later, better than a simple rule and than chance?
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

validation as (

    select * from {{ ref('segment_out_of_time_validation') }}

),

compared as (

    select
        segmentation,
        outcome,
        max(customers) as customers,
        max(case when scheme = 'segments' then omega_squared end) as explained_by_segments,
        max(case when scheme = 'baseline' then omega_squared end) as explained_by_simple_rule,
        max(case when scheme = 'permutation_95th' then omega_squared end) as explained_by_chance
    from validation
    group by
        segmentation,
        outcome

)

select * from compared
order by
    segmentation asc,
    explained_by_segments desc,
    outcome asc
