-- What do customers spend on, and how do they pay for it?
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

spends as (

    select * from {{ ref('spend_by_demographic') }}

),

by_category as (

    select
        category,
        payment_type,
        spend_amount,
        spend_share,
        sum(spend_share) over (partition by category) as category_share
    from spends
    where attribute = 'all'

),

shared as (

    select
        category,
        payment_type,
        spend_amount,
        category_share,
        spend_share / nullif(category_share, 0) as share_of_category
    from by_category

)

select * from shared
order by
    category_share desc,
    category asc,
    share_of_category desc,
    payment_type asc
