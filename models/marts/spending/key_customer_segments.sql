-- One row per combination of demographic attributes and their values: how far it stands out beyond chance.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

combinations as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

everyone as (

    select * from combinations
    where attribute_count = 0

),

/* a combination is compared with everyone else: with everyone it would partly be compared with itself */
compared as (

    select
        combinations.*,
        everyone.customers as all_customers,
        everyone.spend_amount as all_spend_amount,
        everyone.spend_sum / nullif(everyone.income_sum, 0) as all_utilisation,
        everyone.card_sum / nullif(everyone.spend_sum, 0) as all_card,
        everyone.customers - combinations.customers as other_customers,
        everyone.income_sum - combinations.income_sum as other_income_sum,
        everyone.spend_sum - combinations.spend_sum as other_spend_sum,
        everyone.card_sum - combinations.card_sum as other_card_sum,
        everyone.income_income_sum - combinations.income_income_sum as other_income_income_sum,
        everyone.income_spend_sum - combinations.income_spend_sum as other_income_spend_sum,
        everyone.spend_spend_sum - combinations.spend_spend_sum as other_spend_spend_sum,
        everyone.spend_card_sum - combinations.spend_card_sum as other_spend_card_sum,
        everyone.card_card_sum - combinations.card_card_sum as other_card_card_sum
    from combinations
    cross join everyone
    where combinations.attribute_count > 0

),

/* two ratios of means: `utilisation` is spend over income, `card` is credit-card spend over spend */
measured as (

    select
        *,
        spend_sum / nullif(income_sum, 0) as utilisation,
        other_spend_sum / nullif(other_income_sum, 0) as other_utilisation,
        {{ ratio_variance(
            'customers', 'income_sum', 'spend_sum', 'income_income_sum', 'income_spend_sum', 'spend_spend_sum'
        ) }} as utilisation_variance,
        {{ ratio_variance(
            'other_customers', 'other_income_sum', 'other_spend_sum', 'other_income_income_sum',
            'other_income_spend_sum', 'other_spend_spend_sum'
        ) }} as other_utilisation_variance,
        card_sum / nullif(spend_sum, 0) as card,
        other_card_sum / nullif(other_spend_sum, 0) as other_card,
        {{ ratio_variance(
            'customers', 'spend_sum', 'card_sum', 'spend_spend_sum', 'spend_card_sum', 'card_card_sum'
        ) }} as card_variance,
        {{ ratio_variance(
            'other_customers', 'other_spend_sum', 'other_card_sum', 'other_spend_spend_sum',
            'other_spend_card_sum', 'other_card_card_sum'
        ) }} as other_card_variance,
        /* Bonferroni: six bounds of each combination shown, both ends of two ratios and the lower of two differences */
        6 * cast(sum(case when is_suppressed then 0 else 1 end) over () as double) as bounds
    from compared

),

quantiles as (

    select
        *,
        {{ upper_normal_quantile(var('key_segment_error_rate') ~ ' / nullif(bounds, 0)') }}
            as normal_quantile
    from measured

),

critical as (

    select
        *,
        {{ upper_student_quantile('normal_quantile', 'nullif(customers - 1, 0)') }} as own_quantile,
        {{ upper_student_quantile('normal_quantile', 'nullif(least(customers, other_customers) - 1, 0)') }}
            as difference_quantile
    from quantiles

),

bounded as (

    select
        *,
        {{ bounded('utilisation - own_quantile * sqrt(utilisation_variance)', minimum=0) }} as utilisation_lower,
        utilisation + own_quantile * sqrt(utilisation_variance) as utilisation_upper,
        utilisation - other_utilisation
        - difference_quantile * sqrt(utilisation_variance + other_utilisation_variance)
            as utilisation_above_others_lower,
        {{ bounded('card - own_quantile * sqrt(card_variance)', minimum=0) }} as card_lower,
        card + own_quantile * sqrt(card_variance) as card_upper,
        card - other_card - difference_quantile * sqrt(card_variance + other_card_variance)
            as card_above_others_lower,
        cast(customers as double) / all_customers as customer_share
    from critical

),

evaluated as (

    select
        *,
        not is_suppressed
        and coalesce(utilisation_above_others_lower > 0, false)
        and customer_share >= {{ var('minimum_key_segment_share') }} as is_key_segment
    from bounded

),

ranked as (

    select
        *,
        cast(row_number() over (
            partition by attribute_count, is_suppressed
            order by utilisation_above_others_lower desc nulls last, dimension_set asc, group_label asc
        ) as bigint) as utilisation_rank,
        cast(row_number() over (
            partition by attribute_count, is_suppressed
            order by card_above_others_lower desc nulls last, dimension_set asc, group_label asc
        ) as bigint) as credit_card_rank,
        cast(row_number() over (
            partition by attribute_count, is_suppressed
            order by spend_amount desc nulls last, dimension_set asc, group_label asc
        ) as bigint) as value_rank,
        cast(row_number() over (
            partition by attribute_count, is_suppressed
            order by customers desc nulls last, dimension_set asc, group_label asc
        ) as bigint) as size_rank,
        cast(row_number() over (
            partition by is_key_segment
            order by utilisation_above_others_lower desc nulls last, dimension_set asc, group_label asc
        ) as bigint) as key_rank
    from evaluated

),

worded as (

    select
        *,
        case
            when is_suppressed
                then 'Suppressed: too few customers here, or so few elsewhere that this would disclose them.'
            when utilisation_above_others_lower is null
                then 'Not compared: there is no one else, or no spend was observed.'
            when is_key_segment
                then
                    'Key: uses ' || {{ rounded_text('100 * utilisation') }} || ' % of income ('
                    || {{ rounded_text('100 * utilisation_lower') }} || ' to '
                    || {{ rounded_text('100 * utilisation_upper') }} || '), at least '
                    || {{ rounded_text('100 * utilisation_above_others_lower') }}
                    || ' points more than everyone else, with ' || {{ rounded_text('100 * customer_share') }}
                    || ' % of customers.'
            when utilisation_above_others_lower > 0
                then
                    'Not key: uses more of its income than everyone else, but has only '
                    || {{ rounded_text('100 * customer_share', 2) }} || ' % of customers.'
            else
                'Not key: uses ' || {{ rounded_text('100 * utilisation') }} || ' % of income, everyone else '
                || {{ rounded_text('100 * other_utilisation') }} || ' %: not more beyond chance.'
        end as reason
    from ranked

),

suppressed as (

    select
        dimension_set,
        group_label,
        age_group,
        gender,
        marital_status,
        city,
        occupation,
        reason,
        attribute_count,
        {{ unless_suppressed('customers') }} as customers,
        {{ unless_suppressed('customer_share') }} as customer_share,
        {{ unless_suppressed('spend_amount / nullif(all_spend_amount, 0)') }} as spend_share,
        {{ unless_suppressed('100 * utilisation') }} as income_utilisation_pct,
        {{ unless_suppressed('100 * utilisation_lower') }} as income_utilisation_pct_lower,
        {{ unless_suppressed('100 * utilisation_upper') }} as income_utilisation_pct_upper,
        {{ unless_suppressed('100 * utilisation / nullif(all_utilisation, 0)') }} as income_utilisation_index_100,
        {{ unless_suppressed('100 * utilisation_above_others_lower') }} as income_utilisation_above_others_points_lower,
        {{ unless_suppressed('card') }} as credit_card_share,
        {{ unless_suppressed('card_lower') }} as credit_card_share_lower,
        {{ unless_suppressed(bounded('card_upper', maximum=1)) }} as credit_card_share_upper,
        {{ unless_suppressed('100 * card / nullif(all_card, 0)') }} as credit_card_share_index_100,
        {{ unless_suppressed('card_above_others_lower') }} as credit_card_share_above_others_lower,
        {{ unless_suppressed('utilisation_rank') }} as utilisation_rank,
        {{ unless_suppressed('credit_card_rank') }} as credit_card_rank,
        {{ unless_suppressed('value_rank') }} as value_rank,
        {{ unless_suppressed('size_rank') }} as size_rank,
        case when is_key_segment then key_rank end as key_rank,
        is_key_segment,
        coalesce(age_group, gender, marital_status) is not null as has_protected_attribute,
        is_suppressed
    from worded
    /* as in customer_demographics */
    where
        attribute_count <= 1
        or not is_suppressed

)

select * from suppressed
