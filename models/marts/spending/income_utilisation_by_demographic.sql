-- One row per demographic attribute and value: income utilisation as a ratio of means and as a mean of ratios.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers_by_attribute as (

    select * from {{ ref('int_customers_by_attribute') }}

),

utilisation as (

    select * from {{ ref('customer_income_utilisation') }}

),

suppression as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

grouped as (

    select
        customers_by_attribute.attribute,
        customers_by_attribute.attribute_value,
        count(*) as customers,
        {{ exact_mean('utilisation.monthly_income_amount') }} as average_monthly_income_amount,
        {{ exact_mean('utilisation.average_monthly_spend_amount') }} as average_monthly_spend_amount,
        {{ exact_mean('utilisation.income_utilisation_pct') }} as mean_of_ratios_pct,
        {{ exact_sum('utilisation.spend_amount') }} as spend_amount,
        {{ exact_sum('utilisation.credit_card_spend_amount') }} as credit_card_spend_amount,
        max(utilisation.months_observed) as months_observed
    from customers_by_attribute
    inner join utilisation
        on customers_by_attribute.customer_id = utilisation.customer_id
    group by
        customers_by_attribute.attribute,
        customers_by_attribute.attribute_value

),

flagged as (

    select
        grouped.*,
        grouped.credit_card_spend_amount / (grouped.customers * nullif(grouped.months_observed, 0))
            as average_monthly_credit_card_spend_amount,
        suppression.is_suppressed
    from grouped
    inner join suppression
        on
            grouped.attribute = suppression.attributes
            and grouped.attribute_value = suppression.attribute_values

),

suppressed as (

    select
        attribute,
        attribute_value,
        customers,
        {{ unless_suppressed('average_monthly_income_amount') }} as average_monthly_income_amount,
        {{ unless_suppressed('average_monthly_spend_amount') }} as average_monthly_spend_amount,
        {{ unless_suppressed('100 * average_monthly_spend_amount / average_monthly_income_amount') }}
            as income_utilisation_ratio_of_means_pct,
        {{ unless_suppressed('mean_of_ratios_pct') }} as income_utilisation_mean_of_ratios_pct,
        {{ unless_suppressed('average_monthly_credit_card_spend_amount') }}
            as average_monthly_credit_card_spend_amount,
        {{ unless_suppressed('credit_card_spend_amount / nullif(spend_amount, 0)') }} as credit_card_share,
        {{ unless_suppressed('100 * average_monthly_credit_card_spend_amount / average_monthly_income_amount') }}
            as credit_utilisation_pct,
        is_suppressed
    from flagged

)

select * from suppressed
