-- One row per customer: income and spend over all months observed, and the utilisation of the income.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers as (

    select * from {{ ref('stg_customers__customers') }}

),

spends as (

    select * from {{ ref('stg_spends__spends') }}

),

window_observed as (

    /* every customer is averaged over the same months: a month without spend counts as zero */
    select count(distinct spend_month) as months_observed from spends

),

spend_by_customer as (

    select
        customer_id,
        {{ exact_sum('spend_amount') }} as spend_amount,
        {{ exact_sum('case when is_credit_card then spend_amount else 0 end') }} as credit_card_spend_amount
    from spends
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
        window_observed.months_observed,
        customers.monthly_income_amount,
        coalesce(spend_by_customer.spend_amount, 0) as spend_amount,
        coalesce(spend_by_customer.credit_card_spend_amount, 0) as credit_card_spend_amount
    from customers
    left join spend_by_customer
        on customers.customer_id = spend_by_customer.customer_id
    cross join window_observed

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
