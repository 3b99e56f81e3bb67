{% set figures = {
    'customer_demographics': [
        'average_monthly_income_amount', 'average_monthly_spend_amount', 'spend_share',
        'income_utilisation_ratio_of_means_pct', 'income_utilisation_mean_of_ratios_pct', 'credit_card_share',
        'card_spend_to_income_pct',
    ],
    'key_customer_segments': [
        'spend_share', 'income_utilisation_pct', 'income_utilisation_pct_lower', 'income_utilisation_pct_upper',
        'income_utilisation_index_100', 'income_utilisation_above_others_points_lower', 'credit_card_share',
        'credit_card_share_lower', 'credit_card_share_upper', 'credit_card_share_index_100',
        'credit_card_share_above_others_lower', 'utilisation_rank', 'credit_card_rank', 'value_rank', 'key_rank',
    ],
    'card_feature_recommendations': [
        'yearly_basis_amount', 'basis_share', 'index_100', 'mix_index_100', 'customer_benefit_low_amount',
        'customer_benefit_base_amount', 'customer_benefit_high_amount', 'bank_cost_low_amount',
        'bank_cost_base_amount', 'bank_cost_high_amount', 'benefit_per_cost', 'net_benefit_amount',
        'weighted_net_benefit_amount', 'benefit_rank',
    ],
} %}
{% for report, columns in figures.items() %}
select
    '{{ report }}' as model_name,
    customers,
    is_suppressed
from {{ ref(report) }}
where
    (customers < {{ var('minimum_cell_size') }} and not is_suppressed)
    or (is_suppressed and ({{ columns | join(' is not null or ') }} is not null))
{{ 'union all' if not loop.last }}
{% endfor %}
