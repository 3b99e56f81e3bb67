-- One row per cross of demographic attributes and combination of their values: customers, income, spend, utilisation.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

crosses as (

    select * from {{ ref('int_demographic_combinations_summed') }}

),

suppression as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

everyone as (

    select
        customers as all_customers,
        spend_amount as all_spend_amount
    from crosses
    where attribute_count = 0

),

compared as (

    select
        crosses.*,
        everyone.all_customers,
        everyone.all_spend_amount,
        suppression.is_suppressed
    from crosses
    inner join suppression
        on
            crosses.attributes = suppression.attributes
            and crosses.attribute_values = suppression.attribute_values
    cross join everyone

),

suppressed as (

    select
        attributes,
        attribute_values,
        {{ demographic_attributes() | join(',\n        ') }},
        attribute_count,
        customers,
        cast(customers as double) / all_customers as customer_share,
        {{ unless_suppressed('income_sum / customers') }} as average_monthly_income_amount,
        {{ unless_suppressed('spend_sum / customers') }} as average_monthly_spend_amount,
        {{ unless_suppressed('spend_amount / nullif(all_spend_amount, 0)') }} as spend_share,
        {{ unless_suppressed('100 * spend_sum / income_sum') }} as income_utilisation_ratio_of_means_pct,
        {{ unless_suppressed('income_utilisation_pct_sum / customers') }} as income_utilisation_mean_of_ratios_pct,
        {{ unless_suppressed('credit_card_spend_amount / nullif(spend_amount, 0)') }} as credit_card_share,
        {{ unless_suppressed('100 * card_sum / income_sum') }} as credit_utilisation_pct,
        is_suppressed
    from compared

)

select * from suppressed
