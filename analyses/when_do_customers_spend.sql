-- In which months do customers spend most, and how does each compare with the month before?
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

spends as (

    select * from {{ ref('monthly_spend') }}

),

by_month as (

    select
        spend_month,
        sum(spend_amount) as spend_amount,
        sum(spend_share) as spend_share
    from spends
    where attribute = 'all'
    group by spend_month

),

compared as (

    select
        spend_month,
        spend_amount,
        spend_share,
        100 * (spend_amount / nullif(lag(spend_amount) over (order by spend_month), 0) - 1) as change_pct
    from by_month

)

select * from compared
order by spend_month
