-- One row per customer: income and spend over all months observed, and the utilisation of the income.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers as (

    select * from {{ ref('stg_customers__customers') }}

),

customer_months as (

    select * from {{ ref('int_customer_months_summed') }}

),

/* every customer is averaged over the same months: a month without spend counts as zero */
spend_by_customer as (

    select
        customer_id,
        count(*) as months_observed,
        {{ exact_sum('spend_amount') }} as spend_amount,
        {{ exact_sum('credit_card_spend_amount') }} as credit_card_spend_amount
    from customer_months
    group by customer_id

),

summed as (

    select
        customers.customer_id,
        customers.age_group,
        customers.gender,
        customers.marital_status,
        customers.city,
        customers.occupation,
        coalesce(spend_by_customer.months_observed, 0) as months_observed,
        customers.monthly_income_amount,
        coalesce(spend_by_customer.spend_amount, 0) as spend_amount,
        coalesce(spend_by_customer.credit_card_spend_amount, 0) as credit_card_spend_amount
    from customers
    left join spend_by_customer
        on customers.customer_id = spend_by_customer.customer_id

),

averaged as (

    select
        *,
        spend_amount / nullif(months_observed, 0) as average_monthly_spend_amount,
        credit_card_spend_amount / nullif(months_observed, 0) as average_monthly_credit_card_spend_amount,
        100 * spend_amount / (nullif(months_observed, 0) * monthly_income_amount) as income_utilisation_pct
    from summed

)

select * from averaged
