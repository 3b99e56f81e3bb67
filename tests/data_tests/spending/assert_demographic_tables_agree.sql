with

demographics as (

    select * from {{ ref('customer_demographics') }}

),

by_attribute as (

    select * from {{ ref('income_utilisation_by_demographic') }}

),

key_segments as (

    select * from {{ ref('key_customer_segments') }}

),

monthly as (

    select
        attribute,
        attribute_value,
        avg(income_utilisation_pct) as income_utilisation_pct,
        avg(card_spend_to_income_pct) as card_spend_to_income_pct
    from {{ ref('monthly_income_utilisation') }}
    group by
        attribute,
        attribute_value
    /* the months that are shown average to the whole only where they are all */
    having count(case when is_suppressed then 1 end) = 0

),

pairs as (

    {% for column in [
        'customers', 'average_monthly_income_amount', 'average_monthly_spend_amount',
        'income_utilisation_ratio_of_means_pct', 'income_utilisation_mean_of_ratios_pct', 'credit_card_share',
        'card_spend_to_income_pct',
    ] -%}
    select
        'income_utilisation_by_demographic.{{ column }}' as figure,
        demographics.group_label,
        cast(demographics.{{ column }} as double) as one_value,
        cast(by_attribute.{{ column }} as double) as other_value
    from demographics
    inner join by_attribute
        on
            demographics.dimension_set = by_attribute.attribute
            and demographics.group_label = by_attribute.attribute_value
    union all
    {% endfor -%}
    {% for column in ['income_utilisation_pct', 'card_spend_to_income_pct'] -%}
    select
        'monthly_income_utilisation.{{ column }}' as figure,
        demographics.group_label,
        demographics.{{ 'income_utilisation_ratio_of_means_pct' if loop.first else 'card_spend_to_income_pct' }},
        monthly.{{ column }}
    from demographics
    inner join monthly
        on
            demographics.dimension_set = monthly.attribute
            and demographics.group_label = monthly.attribute_value
            and monthly.{{ column }} is not null
    union all
    {% endfor -%}
    select
        'key_customer_segments.income_utilisation_pct' as figure,
        demographics.group_label,
        demographics.income_utilisation_ratio_of_means_pct,
        key_segments.income_utilisation_pct
    from demographics
    inner join key_segments
        on
            demographics.dimension_set = key_segments.dimension_set
            and demographics.group_label = key_segments.group_label

)

select * from pairs
where
    one_value is distinct from other_value
    and not coalesce(abs(one_value - other_value) <= 1e-6 * greatest(abs(one_value), 1), false)
