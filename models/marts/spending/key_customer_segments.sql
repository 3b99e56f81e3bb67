-- One row per cross of demographic attributes and combination of their values: how far it stands out beyond chance.
{{ config(enabled=has_inputs('customers', 'spends')) }}
{#- Two ratios of means: of what sum, to what sum, and the sums of squares and products that their spread needs. -#}
{%- set ratios = {
    'utilisation': {'x': 'income', 'y': 'spend', 'xx': 'income_income', 'xy': 'income_spend', 'yy': 'spend_spend'},
    'card': {'x': 'spend', 'y': 'card', 'xx': 'spend_spend', 'xy': 'spend_card', 'yy': 'card_card'},
} %}
{%- set sums = [
    'income_sum', 'spend_sum', 'card_sum', 'income_income_sum', 'income_spend_sum', 'spend_spend_sum',
    'spend_card_sum', 'card_card_sum',
] %}
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
        {%- for column in sums %}
        {{ column }} as all_{{ column }},
        {%- endfor %}
        spend_amount as all_spend_amount
    from crosses
    where attribute_count = 0

),

/* a cross is compared with everyone else: with everyone it would partly be compared with itself */
compared as (

    select
        crosses.*,
        everyone.*,
        everyone.all_customers - crosses.customers as other_customers,
        {%- for column in sums %}
        everyone.all_{{ column }} - crosses.{{ column }} as other_{{ column }},
        {%- endfor %}
        suppression.is_suppressed
    from crosses
    inner join suppression
        on
            crosses.attributes = suppression.attributes
            and crosses.attribute_values = suppression.attribute_values
    cross join everyone
    where crosses.attribute_count > 0

),

measured as (

    select
        *,
        {%- for ratio, terms in ratios.items() %}
        {{ terms.y }}_sum / nullif({{ terms.x }}_sum, 0) as {{ ratio }},
        other_{{ terms.y }}_sum / nullif(other_{{ terms.x }}_sum, 0) as other_{{ ratio }},
        all_{{ terms.y }}_sum / nullif(all_{{ terms.x }}_sum, 0) as all_{{ ratio }},
        {{ ratio_variance(
            'customers', terms.x ~ '_sum', terms.y ~ '_sum', terms.xx ~ '_sum', terms.xy ~ '_sum', terms.yy ~ '_sum'
        ) }} as {{ ratio }}_variance,
        {{ ratio_variance(
            'other_customers', 'other_' ~ terms.x ~ '_sum', 'other_' ~ terms.y ~ '_sum',
            'other_' ~ terms.xx ~ '_sum', 'other_' ~ terms.xy ~ '_sum', 'other_' ~ terms.yy ~ '_sum'
        ) }} as other_{{ ratio }}_variance,
        {%- endfor %}
        /* Bonferroni: two intervals of each cross that is shown, each with two tails */
        2.0 * sum(case when is_suppressed then 0 else 1 end) over () as comparisons
    from compared

),

quantiles as (

    select
        *,
        {{ upper_normal_quantile(var('key_segment_error_rate') ~ ' / (2 * nullif(comparisons, 0))') }}
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
        {%- for ratio in ratios %}
        greatest({{ ratio }} - own_quantile * sqrt({{ ratio }}_variance), 0) as {{ ratio }}_lower,
        {{ ratio }} + own_quantile * sqrt({{ ratio }}_variance) as {{ ratio }}_upper,
        {{ ratio }} - other_{{ ratio }}
        - difference_quantile * sqrt({{ ratio }}_variance + other_{{ ratio }}_variance)
            as {{ ratio }}_above_others_lower,
        {%- endfor %}
        cast(customers as double) / all_customers as customer_share
    from critical

),

judged as (

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
        {%- for rank, measure in {
            'utilisation_rank': 'utilisation_above_others_lower',
            'credit_card_rank': 'card_above_others_lower',
            'value_rank': 'spend_amount',
            'size_rank': 'customers',
        }.items() %}
        row_number() over (
            partition by attribute_count, is_suppressed
            order by {{ measure }} desc nulls last, attributes asc, attribute_values asc
        ) as {{ rank }},
        {%- endfor %}
        row_number() over (
            partition by is_key_segment
            order by utilisation_above_others_lower desc nulls last, attributes asc, attribute_values asc
        ) as key_rank
    from judged

),

worded as (

    select
        *,
        case
            when is_suppressed
                then 'Hidden: too few customers here, or so few elsewhere that this would give them away.'
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
        attributes,
        attribute_values,
        {{ demographic_attributes() | join(',\n        ') }},
        reason,
        attribute_count,
        customers,
        customer_share,
        {{ unless_suppressed('spend_amount / nullif(all_spend_amount, 0)') }} as spend_share,
        {{ unless_suppressed('100 * utilisation') }} as income_utilisation_pct,
        {{ unless_suppressed('100 * utilisation_lower') }} as income_utilisation_pct_lower,
        {{ unless_suppressed('100 * utilisation_upper') }} as income_utilisation_pct_upper,
        {{ unless_suppressed('100 * utilisation / nullif(all_utilisation, 0)') }} as income_utilisation_index_100,
        {{ unless_suppressed('100 * utilisation_above_others_lower') }} as income_utilisation_above_others_points_lower,
        {{ unless_suppressed('card') }} as credit_card_share,
        {{ unless_suppressed('card_lower') }} as credit_card_share_lower,
        {{ unless_suppressed('least(card_upper, 1)') }} as credit_card_share_upper,
        {{ unless_suppressed('100 * card / nullif(all_card, 0)') }} as credit_card_share_index_100,
        {{ unless_suppressed('card_above_others_lower') }} as credit_card_share_above_others_lower,
        {{ unless_suppressed('utilisation_rank') }} as utilisation_rank,
        {{ unless_suppressed('credit_card_rank') }} as credit_card_rank,
        {{ unless_suppressed('value_rank') }} as value_rank,
        {{ unless_suppressed('size_rank') }} as size_rank,
        case when is_key_segment then key_rank end as key_rank,
        is_key_segment,
        {{ protected_attributes() | join(' is not null or ') }} is not null as has_protected_attribute,
        is_suppressed
    from worded

)

select * from suppressed
