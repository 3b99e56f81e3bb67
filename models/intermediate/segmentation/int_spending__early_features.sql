-- One row per sampled customer: the spending features of the first two thirds of the months, for the out-of-time proof.
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

early_months as (

    select * from {{ ref('int_spending__month_halves') }}
    where is_early

),

features as (

    select
        customer_months.customer_id,
        {{ spending_features() | trim }}
    from customer_months
    inner join early_months
        on customer_months.spend_month = early_months.spend_month
    inner join sampled
        on customer_months.customer_id = sampled.customer_id
    group by customer_months.customer_id

)

select * from features
