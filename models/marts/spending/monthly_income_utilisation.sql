-- One row per demographic attribute, value and month: spend against the monthly income, and its change.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

combinations as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}
    where attribute_count <= 1

),

spends_by_attribute as (

    select * from {{ ref('int_spends_by_attribute') }}
    where spend_month is not null

),

/* a month in which too few people of one value spent is suppressed for all values of the attribute */
months as (

    select
        attribute,
        spend_month,
        max(case when is_month_suppressed then 1 else 0 end) = 1 as is_month_suppressed,
        max(case when is_all_folded then 1 else 0 end) = 1 as is_card_suppressed
    from spends_by_attribute
    group by
        attribute,
        spend_month

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
        months.is_card_suppressed,
        combinations.is_suppressed as is_group_suppressed,
        combinations.is_suppressed or coalesce(months.is_month_suppressed, false) as is_suppressed,
        months.spend_month
    from combinations
    inner join months
        on combinations.dimension_set = months.attribute
    left join summed
        on
            combinations.dimension_set = summed.attribute
            and combinations.group_label = summed.attribute_value
            and months.spend_month = summed.spend_month

),

shown as (

    select
        *,
        {{ unless_suppressed('spend_amount') }} as shown_spend_amount,
        case when not is_suppressed and not is_card_suppressed then credit_card_spend_amount end
            as shown_credit_card_spend_amount
    from filled

),

compared as (

    select
        *,
        lag(shown_spend_amount) over (partition by attribute, attribute_value order by spend_month)
            as previous_spend_amount
    from shown

),

suppressed as (

    select
        attribute,
        attribute_value,
        case when not is_group_suppressed then customers end as customers,
        shown_spend_amount as spend_amount,
        shown_spend_amount / customers as average_spend_amount,
        100 * shown_spend_amount / income_sum as income_utilisation_pct,
        shown_credit_card_spend_amount / nullif(shown_spend_amount, 0) as credit_card_share,
        100 * shown_credit_card_spend_amount / income_sum as card_spend_to_income_pct,
        100 * (shown_spend_amount / nullif(previous_spend_amount, 0) - 1) as spend_change_pct,
        100 * (shown_spend_amount - previous_spend_amount) / income_sum as income_utilisation_change_points,
        attribute = 'all' as is_total,
        is_suppressed,
        spend_month
    from compared

)

select * from suppressed
