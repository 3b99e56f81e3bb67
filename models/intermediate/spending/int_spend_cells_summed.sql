-- One row per month, category, payment type and combination of demographic groups: spend and who spent.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers as (

    select * from {{ ref('int_customers_grouped') }}

),

spends as (

    select * from {{ ref('int_spends') }}

),

/* a customer has one row of a month, category and payment type, so rows are customers */
cells as (

    select
        spends.category,
        spends.payment_type,
        customers.age_group,
        customers.gender,
        customers.marital_status,
        customers.city,
        customers.occupation,
        count(case when spends.spend_amount > 0 then 1 end) as customers,
        {{ exact_sum('spends.spend_amount') }} as spend_amount,
        spends.spend_month
    from spends
    inner join customers
        on spends.customer_id = customers.customer_id
    group by
        spends.category,
        spends.payment_type,
        customers.age_group,
        customers.gender,
        customers.marital_status,
        customers.city,
        customers.occupation,
        spends.spend_month

)

select * from cells
