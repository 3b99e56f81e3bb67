-- One row per sampled customer and half of the months, the earlier or the later: the spending features of that half.
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

halves as (

    select * from {{ ref('int_spending__month_halves') }}

),

features as (

    select
        customer_months.customer_id,
        {{ spending_features() | trim }},
        halves.is_early
    from customer_months
    inner join halves
        on customer_months.spend_month = halves.spend_month
    inner join sampled
        on customer_months.customer_id = sampled.customer_id
    group by
        customer_months.customer_id,
        halves.is_early

)

select * from features
