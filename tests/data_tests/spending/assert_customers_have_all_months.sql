with

customer_months as (

    select * from {{ ref('int_customer_months_summed') }}

),

expected as (

    select
        (select count(*) from {{ ref('stg_customers__customers') }}) as customers,
        (select count(distinct spend_month) from {{ ref('int_spend_cells_summed') }}) as months,
        (select count(*) from customer_months) as customer_months,
        (select coalesce({{ exact_sum('spend_amount') }}, 0) from customer_months) as spend_in_months,
        (select coalesce({{ exact_sum('spend_amount') }}, 0) from {{ ref('int_spend_cells_summed') }}) as spend_amount

)

select * from expected
where
    customer_months <> customers * months
    or abs(spend_in_months - spend_amount) > 1e-6 * greatest(spend_amount, 1)
