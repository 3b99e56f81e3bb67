-- One row per demographic attribute, value and month: spend against the monthly income, and its change.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

combinations as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}
    where attribute_count <= 1

),

spends_by_attribute as (

    select * from {{ ref('int_spends_by_attribute') }}

),

months as (

    select distinct spend_month from spends_by_attribute

),

summed as (

    select
        attribute,
        attribute_value,
        spend_month,
        {{ exact_sum('spend_amount') }} as spend_amount,
        {{ exact_sum('case when ' ~ is_credit_card('payment_type') ~ ' then spend_amount else 0 end') }}
            as credit_card_spend_amount
    from spends_by_attribute
    group by
        attribute,
        attribute_value,
        spend_month

),

/* a group that spent nothing in a month of others spent zero */
filled as (

    select
        combinations.dimension_set as attribute,
        combinations.group_label as attribute_value,
        combinations.customers,
        combinations.income_sum,
        coalesce(summed.spend_amount, 0) as spend_amount,
        coalesce(summed.credit_card_spend_amount, 0) as credit_card_spend_amount,
        combinations.is_suppressed,
        months.spend_month
    from combinations
    cross join months
    left join summed
        on
            combinations.dimension_set = summed.attribute
            and combinations.group_label = summed.attribute_value
            and months.spend_month = summed.spend_month

),

compared as (

    select
        *,
        lag(spend_amount) over (partition by attribute, attribute_value order by spend_month)
            as previous_spend_amount
    from filled

),

suppressed as (

    select
        attribute,
        attribute_value,
        customers,
        {{ unless_suppressed('spend_amount') }} as spend_amount,
        {{ unless_suppressed('spend_amount / customers') }} as average_spend_amount,
        {{ unless_suppressed('100 * spend_amount / income_sum') }} as income_utilisation_pct,
        {{ unless_suppressed('credit_card_spend_amount / nullif(spend_amount, 0)') }} as credit_card_share,
        {{ unless_suppressed('100 * credit_card_spend_amount / income_sum') }} as card_spend_to_income_pct,
        {{ unless_suppressed('100 * (spend_amount / nullif(previous_spend_amount, 0) - 1)') }} as spend_change_pct,
        {{ unless_suppressed('100 * (spend_amount - previous_spend_amount) / income_sum') }}
            as income_utilisation_change_points,
        is_suppressed,
        spend_month
    from compared

)

select * from suppressed
