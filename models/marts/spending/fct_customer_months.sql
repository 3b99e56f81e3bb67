-- One row per customer and month observed: the month's income and what was spent in it.
with

customer_months as (

    select * from {{ ref('int_customer_months_summed') }}

),

incomes_and_spends as (

    select
        customer_id,
        monthly_income_amount,
        spend_amount,
        spend_month
    from customer_months

)

select * from incomes_and_spends
