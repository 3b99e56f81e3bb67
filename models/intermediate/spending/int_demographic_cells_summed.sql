-- One row per combination of all demographic attributes that occurs: its customers and the sums that ratios need.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

utilisation as (

    select * from {{ ref('customer_income_utilisation') }}

),

measured as (

    select
        {{ demographic_attributes() | join(',\n        ') }},
        months_observed,
        monthly_income_amount as income,
        spend_amount,
        credit_card_spend_amount,
        income_utilisation_pct,
        average_monthly_spend_amount as spend,
        credit_card_spend_amount / nullif(months_observed, 0) as card
    from utilisation

),

summed as (

    select
        {{ demographic_attributes() | join(',\n        ') }},
        count(*) as customers,
        max(months_observed) as months_observed,
        {{ exact_sum('spend_amount') }} as spend_amount,
        {{ exact_sum('credit_card_spend_amount') }} as credit_card_spend_amount,
        {{ exact_sum('income_utilisation_pct') }} as income_utilisation_pct_sum,
        {{ exact_sum('income') }} as income_sum,
        {{ exact_sum('spend') }} as spend_sum,
        {{ exact_sum('card') }} as card_sum,
        {{ exact_sum('income * income') }} as income_income_sum,
        {{ exact_sum('income * spend') }} as income_spend_sum,
        {{ exact_sum('spend * spend') }} as spend_spend_sum,
        {{ exact_sum('spend * card') }} as spend_card_sum,
        {{ exact_sum('card * card') }} as card_card_sum
    from measured
    group by
        {{ demographic_attributes() | join(',\n        ') }}

)

select * from summed
