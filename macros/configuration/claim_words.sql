{#- The words that seeds/reference/claims.csv may hold: each population, metric and column is SQL in int_claim_members. -#}

{#-
    What claims can be about: name -> the inputs it needs, the metrics that can be compared and the columns that
    customers can be grouped by, each with its kind. A metric is a `share` (1 or 0 for each customer), a `category`
    (numbered) or a `number`. A column is a `text`, whose values a claim names, or a `number`, of which it names a
    range such as 20-50.
-#}
{% macro claim_populations() %}
    {{ return({
        'credit_profiles': {
            'inputs': ['credit_profiles'],
            'metrics': {
                'minimum_payment': 'share', 'minimum_payment_of_all_answers': 'share',
                'good_credit_score': 'share', 'poor_credit_score': 'share', 'credit_score_rank': 'category',
                'payment_delay_days': 'number', 'delayed_payments': 'number', 'credit_line_utilisation_pct': 'number',
                'debt_to_income_ratio': 'number', 'outstanding_debt_amount': 'number',
            },
            'columns': {
                'age_years': 'number', 'occupation': 'text', 'credit_mix': 'text', 'credit_score': 'text',
                'minimum_payment_answer': 'text',
            },
        },
        'customers': {
            'inputs': ['customers', 'spends'],
            'metrics': {
                'income_utilisation_pct': 'number', 'average_monthly_spend_amount': 'number',
                'monthly_income_amount': 'number',
            },
            'columns': {
                'age_group': 'text', 'gender': 'text', 'marital_status': 'text', 'city': 'text', 'occupation': 'text',
            },
        },
        'customer_categories': {
            'inputs': ['spends'],
            'metrics': {'spend_share': 'number'},
            'columns': {'category': 'text'},
        },
        'customer_payment_types': {
            'inputs': ['spends'],
            'metrics': {'spend_share': 'number'},
            'columns': {'payment_type': 'text'},
        },
        'card_relationships': {
            'inputs': ['card_relationships'],
            'metrics': {
                'calls': 'number', 'online_visits': 'number', 'branch_visits': 'number',
                'calls_share_of_contacts': 'number', 'online_share_of_contacts': 'number',
                'branch_share_of_contacts': 'number',
            },
            'columns': {'credit_cards': 'number', 'credit_limit_amount': 'number'},
        },
        'card_usage': {
            'inputs': ['card_usage'],
            'metrics': {
                'balance_amount': 'number', 'limit_utilisation_share': 'number', 'payment_ratio': 'number',
                'purchases_amount': 'number', 'pays_in_full_mostly': 'share',
            },
            'columns': {'credit_limit_amount': 'number', 'tenure_months': 'number', 'takes_cash_advances': 'text'},
        },
    }) }}
{% endmacro %}


{#- The inputs that each of the populations lacks in this build, as a text; an empty one where it has them all. -#}
{% macro missing_claim_inputs() %}
    {% set missing = {} %}
    {% for name, population in claim_populations().items() %}
        {% do missing.update({name: missing_inputs(population.inputs) | join(' and ')}) %}
    {% endfor %}
    {{ return(missing) }}
{% endmacro %}


{#-
    The tests that a claim can name: name -> the kinds of metric it can take and what a claim has to give:
    `groups` is none, one (group_a alone), two (both, or `rest`) or every (the column alone). Which expectations
    make sense follows from `is_directed`.
-#}
{% macro claim_tests() %}
    {{ return({
        'one_proportion': {'kinds': ['share'], 'groups': 'optional', 'is_directed': true, 'needs_threshold': true},
        'one_mean': {'kinds': ['number', 'share'], 'groups': 'optional', 'is_directed': true, 'needs_threshold': true},
        'two_proportion': {'kinds': ['share'], 'groups': 'two', 'is_directed': true, 'needs_threshold': false},
        'mann_whitney': {'kinds': ['number'], 'groups': 'two', 'is_directed': true, 'needs_threshold': false},
        'largest_group': {'kinds': ['number'], 'groups': 'rest', 'is_directed': true, 'needs_threshold': false},
        'largest_part': {'kinds': ['number'], 'groups': 'rest', 'is_directed': true, 'needs_threshold': false},
        'spearman': {'kinds': ['number', 'share'], 'groups': 'every', 'is_directed': true, 'needs_threshold': false},
        'chi_square': {'kinds': ['share', 'category'], 'groups': 'every', 'is_directed': false, 'needs_threshold': false},
        'kruskal_wallis': {'kinds': ['number'], 'groups': 'every', 'is_directed': false, 'needs_threshold': false},
    }) }}
{% endmacro %}
