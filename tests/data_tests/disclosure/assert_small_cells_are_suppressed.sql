{% set figures = {
    'income_utilisation_by_demographic': [
        'average_monthly_income_amount', 'average_monthly_spend_amount',
        'income_utilisation_ratio_of_means_pct', 'income_utilisation_mean_of_ratios_pct',
        'average_monthly_credit_card_spend_amount', 'credit_card_share', 'card_spend_to_income_pct',
    ],
    'monthly_income_utilisation': [
        'spend_amount', 'average_spend_amount', 'income_utilisation_pct', 'credit_card_share',
        'card_spend_to_income_pct', 'spend_change_pct', 'income_utilisation_change_points',
    ],
    'monthly_spend': ['spend_amount', 'spend_share'],
    'spend_by_demographic': ['spend_amount', 'spend_share'],
} %}
with

customer_counts as (

    select
        attribute,
        attribute_value,
        count(*) as customers
    from {{ ref('int_customers_by_attribute') }}
    group by
        attribute,
        attribute_value

),

smallest as (

    select
        attribute,
        min(customers) as smallest_customers
    from customer_counts
    group by attribute

),

cells as (

    {% for report, columns in figures.items() %}
    select
        '{{ report }}' as model_name,
        attribute,
        attribute_value,
        is_suppressed,
        {{ columns | join(' is not null or ') }} is not null as has_figures
    from {{ ref(report) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    cells.model_name,
    cells.attribute,
    cells.attribute_value,
    customer_counts.customers
from cells
inner join customer_counts
    on
        cells.attribute = customer_counts.attribute
        and cells.attribute_value = customer_counts.attribute_value
inner join smallest
    on cells.attribute = smallest.attribute
where
    (customer_counts.customers < {{ var('minimum_cell_size') }} and not cells.is_suppressed)
    or (cells.is_suppressed and cells.has_figures)
    /* a large cell is suppressed only to protect a small one beside it */
    or (cells.is_suppressed and smallest.smallest_customers >= {{ var('minimum_cell_size') }})
