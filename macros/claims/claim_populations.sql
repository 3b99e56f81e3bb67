{#-
    What the claims of seeds/reference/claims.csv can be about: name -> the inputs it needs, its model with
    a customer_id, the metrics that can be compared and the columns that customers can be grouped by. A metric is a
    `share` (1 or 0 for each customer), a `category` (numbered) or a `number`. Columns are a `text`, whose
    values a claim names, or a `number`, of which it names a range such as 20-50.
-#}
{% macro claim_populations() %}
    {% set credit_profiles = {
        'inputs': ['credit_profiles'],
        'model': 'int_credit_profiles_latest',
        'metrics': {
            'minimum_payment': {'kind': 'share', 'sql': "case minimum_payment_answer when 'Yes' then 1 when 'No' then 0 end"},
            'minimum_payment_of_all_answers': {'kind': 'share', 'sql': "case when minimum_payment_answer = 'Yes' then 1 when minimum_payment_answer is not null then 0 end"},
            'good_credit_score': {'kind': 'share', 'sql': "case when credit_score = 'Good' then 1 when credit_score is not null then 0 end"},
            'poor_credit_score': {'kind': 'share', 'sql': "case when credit_score = 'Poor' then 1 when credit_score is not null then 0 end"},
            'credit_score_rank': {'kind': 'category', 'sql': "case credit_score when 'Poor' then 1 when 'Standard' then 2 when 'Good' then 3 end"},
            'payment_delay_days': {'kind': 'number', 'sql': 'payment_delay_days'},
            'delayed_payments': {'kind': 'number', 'sql': 'delayed_payments'},
            'credit_line_utilisation_pct': {'kind': 'number', 'sql': 'credit_line_utilisation_pct'},
            'debt_to_income_ratio': {'kind': 'number', 'sql': 'debt_to_income_ratio'},
            'outstanding_debt_amount': {'kind': 'number', 'sql': 'outstanding_debt_amount'}
        },
        'columns': {'age_years': 'number', 'occupation': 'text', 'credit_mix': 'text', 'credit_score': 'text', 'minimum_payment_answer': 'text'}
    } %}
    {% set customers = {
        'inputs': ['customers', 'spends'],
        'model': 'customer_income_utilisation',
        'metrics': {
            'income_utilisation_pct': {'kind': 'number', 'sql': 'income_utilisation_pct'},
            'average_monthly_spend_amount': {'kind': 'number', 'sql': 'average_monthly_spend_amount'},
            'monthly_income_amount': {'kind': 'number', 'sql': 'monthly_income_amount'}
        },
        'columns': {'age_group': 'text', 'gender': 'text', 'marital_status': 'text', 'city': 'text', 'occupation': 'text'}
    } %}
    {% set customer_categories = {
        'inputs': ['spends'],
        'model': 'int_customer_spend_shares',
        'filter': "part_type = 'category'",
        'metrics': {'spend_share': {'kind': 'number', 'sql': 'spend_share'}},
        'columns': {'category': 'text'},
        'column_sql': {'category': 'part'}
    } %}
    {% set customer_payment_types = {
        'inputs': ['spends'],
        'model': 'int_customer_spend_shares',
        'filter': "part_type = 'payment_type'",
        'metrics': {'spend_share': {'kind': 'number', 'sql': 'spend_share'}},
        'columns': {'payment_type': 'text'},
        'column_sql': {'payment_type': 'part'}
    } %}
    {% set card_relationships = {
        'inputs': ['card_relationships'],
        'model': 'int_relationship__features',
        'metrics': {
            'calls': {'kind': 'number', 'sql': 'calls'},
            'online_visits': {'kind': 'number', 'sql': 'online_visits'},
            'branch_visits': {'kind': 'number', 'sql': 'branch_visits'},
            'calls_share_of_contacts': {'kind': 'number', 'sql': 'calls_share_of_contacts'},
            'online_share_of_contacts': {'kind': 'number', 'sql': 'online_share_of_contacts'},
            'branch_share_of_contacts': {'kind': 'number', 'sql': 'branch_share_of_contacts'}
        },
        'columns': {'credit_cards': 'number', 'credit_limit_amount': 'number'}
    } %}
    {% set card_usage = {
        'inputs': ['card_usage'],
        'model': 'int_card_usage__features',
        'metrics': {
            'balance_amount': {'kind': 'number', 'sql': 'balance_amount'},
            'limit_utilisation_share': {'kind': 'number', 'sql': 'limit_utilisation_share'},
            'payment_ratio': {'kind': 'number', 'sql': 'payment_ratio'},
            'purchases_amount': {'kind': 'number', 'sql': 'purchases_amount'},
            'pays_in_full_mostly': {'kind': 'share', 'sql': 'case when full_payment_share > 0.5 then 1 when full_payment_share is not null then 0 end'}
        },
        'columns': {'credit_limit_amount': 'number', 'tenure_months': 'number', 'takes_cash_advances': 'text'},
        'column_sql': {'takes_cash_advances': "case when cash_advance_amount > 0 then 'Yes' when cash_advance_amount is not null then 'No' end"}
    } %}
    {{ return({
        'credit_profiles': credit_profiles,
        'customers': customers,
        'customer_categories': customer_categories,
        'customer_payment_types': customer_payment_types,
        'card_relationships': card_relationships,
        'card_usage': card_usage
    }) }}
{% endmacro %}


{#- name -> those of the populations that the enabled inputs can feed. -#}
{% macro active_claim_populations() %}
    {% set active = {} %}
    {% for name, population in claim_populations().items() if not missing_inputs(population.inputs) %}
        {% do active.update({name: population}) %}
    {% endfor %}
    {{ return(active) }}
{% endmacro %}


{#-
    The tests that a claim can name: name -> the kinds of metric it can take, the measure of its effect,
    and what a claim has to give: `groups` is none, one (group_a alone), two (both, or `rest`) or every
    (the column alone). Which expectations make sense follows from `is_directed`.
-#}
{% macro claim_tests() %}
    {{ return({
        'one_proportion': {'kinds': ['share'], 'effect': "Cohen's h", 'groups': 'optional', 'is_directed': true, 'needs_threshold': true},
        'one_mean': {'kinds': ['number', 'share'], 'effect': "Cohen's d", 'groups': 'optional', 'is_directed': true, 'needs_threshold': true},
        'two_proportion': {'kinds': ['share'], 'effect': "Cohen's h", 'groups': 'two', 'is_directed': true, 'needs_threshold': false},
        'mann_whitney': {'kinds': ['number'], 'effect': 'rank-biserial correlation', 'groups': 'two', 'is_directed': true, 'needs_threshold': false},
        'largest_group': {'kinds': ['number'], 'effect': 'rank-biserial correlation', 'groups': 'rest', 'is_directed': true, 'needs_threshold': false},
        'largest_part': {'kinds': ['number'], 'effect': "Cohen's d", 'groups': 'rest', 'is_directed': true, 'needs_threshold': false},
        'spearman': {'kinds': ['number', 'share'], 'effect': 'rank correlation', 'groups': 'every', 'is_directed': true, 'needs_threshold': false},
        'chi_square': {'kinds': ['share', 'category'], 'effect': "Cramer's V", 'groups': 'every', 'is_directed': false, 'needs_threshold': false},
        'kruskal_wallis': {'kinds': ['number'], 'effect': 'epsilon squared', 'groups': 'every', 'is_directed': false, 'needs_threshold': false}
    }) }}
{% endmacro %}
