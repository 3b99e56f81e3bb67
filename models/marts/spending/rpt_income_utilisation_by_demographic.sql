-- One row per demographic attribute and value: income utilisation as a ratio of means and as a mean of ratios.
with

customers_by_attribute as (

    select * from {{ ref('int_customers_by_attribute') }}

),

utilisation as (

    select * from {{ ref('fct_customer_income_utilisation') }}

),

grouped as (

    select
        customers_by_attribute.attribute,
        customers_by_attribute.attribute_value,
        count(*) as customers,
        {{ exact_mean('utilisation.monthly_income_amount') }} as average_monthly_income_amount,
        {{ exact_mean('utilisation.average_monthly_spend_amount') }} as average_monthly_spend_amount,
        {{ exact_mean('utilisation.income_utilisation_pct') }} as mean_of_ratios_pct
    from customers_by_attribute
    inner join utilisation
        on customers_by_attribute.customer_id = utilisation.customer_id
    group by
        customers_by_attribute.attribute,
        customers_by_attribute.attribute_value

),

suppressed as (

    select
        attribute,
        attribute_value,
        customers,
        {{ unless_small_cell('average_monthly_income_amount') }} as average_monthly_income_amount,
        {{ unless_small_cell('average_monthly_spend_amount') }} as average_monthly_spend_amount,
        {{ unless_small_cell('100 * average_monthly_spend_amount / average_monthly_income_amount') }}
            as income_utilisation_ratio_of_means_pct,
        {{ unless_small_cell('mean_of_ratios_pct') }} as income_utilisation_mean_of_ratios_pct,
        customers < {{ var('minimum_cell_size') }} as is_suppressed
    from grouped

)

select * from suppressed
