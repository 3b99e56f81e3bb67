-- One row per month observed: whether segments are fitted on it, an earlier one, or proved by it, a later one.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

months as (

    select distinct spend_month from {{ ref('int_customer_months_summed') }}

),

ranked as (

    select
        spend_month,
        row_number() over (order by spend_month) as month_rank,
        count(*) over () as months
    from months

),

split as (

    select
        month_rank * 3 <= months * 2 as is_early,
        spend_month
    from ranked
    /* with fewer months there is nothing to fit on or nothing to prove with */
    where months >= 3

)

select * from split
