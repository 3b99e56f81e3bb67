-- One row per sampled customer: spending behaviour in the later months, which no segment was fitted on.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customer_months as (

    select * from {{ ref('int_customer_months_summed') }}

),

sampled as (

    select distinct customer_id
    from {{ ref('int_segmentation_samples') }}
    where segmentation = 'spending'

),

later_months as (

    select * from {{ ref('int_spending__month_halves') }}
    where not is_early

),

outcomes as (

    select
        customer_months.customer_id,
        {{ spending_features() | trim }}
    from customer_months
    inner join later_months
        on customer_months.spend_month = later_months.spend_month
    inner join sampled
        on customer_months.customer_id = sampled.customer_id
    group by customer_months.customer_id

),

chosen as (

    select
        customer_id,
        average_monthly_spend_amount,
        income_utilisation_pct,
        {{ var('payment_type_shares').keys() | first }}
    from outcomes

)

select * from chosen
