-- One row per demographic attribute and value: income utilisation as a ratio of means and as a mean of ratios.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

demographics as (

    select * from {{ ref('customer_demographics') }}

),

single_attributes as (

    select
        dimension_set as attribute,
        group_label as attribute_value,
        customers,
        average_monthly_income_amount,
        average_monthly_spend_amount,
        income_utilisation_ratio_of_means_pct,
        income_utilisation_mean_of_ratios_pct,
        card_spend_to_income_pct * average_monthly_income_amount / 100 as average_monthly_credit_card_spend_amount,
        credit_card_share,
        card_spend_to_income_pct,
        is_total,
        is_suppressed
    from demographics
    where attribute_count <= 1

)

select * from single_attributes
