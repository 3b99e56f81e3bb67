-- Who pays in full, who carries a balance, who draws cash, and in which segment are they?
{{ config(enabled=has_inputs('card_usage')) }}
with

behaviour as (

    select * from {{ ref('behaviour_by_segment') }}

),

compared as (

    select
        coalesce(segment_key, 'all') as segment_key,
        segment_name,
        behaviour_class,
        customers,
        customer_share,
        index_100,
        standardised_residual
    from behaviour
    where not is_suppressed

)

select * from compared
order by
    segment_key asc,
    customer_share desc,
    behaviour_class asc
