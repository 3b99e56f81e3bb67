-- One row per month, category, payment type and combination of demographic groups: spend and who spent.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers as (

    select * from {{ ref('int_customers_grouped') }}

),

spends as (

    select * from {{ ref('int_spends') }}

),

/* a number for each combination: the rows of all spends are grouped by it faster than by five texts */
numbered as (

    select
        *,
        dense_rank() over (order by age_group, gender, marital_status, city, occupation) as combination_number
    from customers

),

combinations as (

    select distinct
        combination_number,
        age_group,
        gender,
        marital_status,
        city,
        occupation
    from numbered

),

/* a customer has one row of a month, category and payment type, so rows are customers */
summed as (

    select
        numbered.combination_number,
        spends.category,
        spends.payment_type,
        spends.spend_month,
        count(case when spends.spend_amount <> 0 then 1 end) as customers,
        {{ exact_sum('spends.spend_amount') }} as spend_amount
    from spends
    inner join numbered
        on spends.customer_id = numbered.customer_id
    group by
        numbered.combination_number,
        spends.category,
        spends.payment_type,
        spends.spend_month

),

cells as (

    select
        summed.category,
        summed.payment_type,
        combinations.age_group,
        combinations.gender,
        combinations.marital_status,
        combinations.city,
        combinations.occupation,
        summed.customers,
        summed.spend_amount,
        summed.spend_month
    from summed
    inner join combinations
        on summed.combination_number = combinations.combination_number

)

select * from cells
