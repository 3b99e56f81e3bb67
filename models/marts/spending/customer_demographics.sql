-- One row per combination of demographic attributes and their values: customers, income, spend, utilisation.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

combinations as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

everyone as (

    select
        customers as all_customers,
        spend_amount as all_spend_amount
    from combinations
    where attribute_count = 0

),

suppressed as (

    select
        combinations.dimension_set,
        combinations.group_label,
        combinations.age_group,
        combinations.gender,
        combinations.marital_status,
        combinations.city,
        combinations.occupation,
        combinations.attribute_count,
        {{ unless_suppressed('combinations.customers') }} as customers,
        {{ unless_suppressed('cast(combinations.customers as double) / everyone.all_customers') }} as customer_share,
        {{ unless_suppressed('income_sum / customers') }} as average_monthly_income_amount,
        {{ unless_suppressed('spend_sum / customers') }} as average_monthly_spend_amount,
        {{ unless_suppressed('spend_amount / nullif(all_spend_amount, 0)') }} as spend_share,
        {{ unless_suppressed('100 * spend_sum / income_sum') }} as income_utilisation_ratio_of_means_pct,
        {{ unless_suppressed('income_utilisation_pct_sum / customers') }} as income_utilisation_mean_of_ratios_pct,
        {{ unless_suppressed('credit_card_spend_amount / nullif(spend_amount, 0)') }} as credit_card_share,
        {{ unless_suppressed('100 * card_sum / income_sum') }} as card_spend_to_income_pct,
        combinations.attribute_count = 0 as is_total,
        combinations.is_suppressed
    from combinations
    cross join everyone
    /* a row without figures would tell it from a combination that nobody has, and so what the others add up to */
    where
        combinations.attribute_count <= 1
        or not combinations.is_suppressed

)

select * from suppressed
