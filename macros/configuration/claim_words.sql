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


{#-
    How people say the metrics of claims: name -> the words and the unit. `who` is the share of those who do
    something; figure_in_words knows the others.
-#}
{% macro claim_metric_labels() %}
    {{ return({
        'minimum_payment': ['pay only the minimum (of those whose file says yes or no)', 'who'],
        'minimum_payment_of_all_answers': ['pay only the minimum', 'who'],
        'good_credit_score': ['have a good credit score', 'who'],
        'poor_credit_score': ['have a poor credit score', 'who'],
        'credit_score_rank': ['the credit score', 'number'],
        'payment_delay_days': ['the payment delay in days', 'number'],
        'delayed_payments': ['the number of delayed payments', 'number'],
        'credit_line_utilisation_pct': ['the use of the credit granted', 'percent'],
        'debt_to_income_ratio': ['the debt as a multiple of monthly income', 'number'],
        'outstanding_debt_amount': ['the outstanding debt', 'currency units'],
        'income_utilisation_pct': ['the share of income that is spent', 'percent'],
        'average_monthly_spend_amount': ['the monthly spend', 'currency units'],
        'monthly_income_amount': ['the monthly income', 'currency units'],
        'spend_share': ['the share of spend', 'share'],
        'calls': ['the number of calls', 'number'],
        'online_visits': ['the number of online visits', 'number'],
        'branch_visits': ['the number of branch visits', 'number'],
        'calls_share_of_contacts': ['the share of contacts that are calls', 'share'],
        'online_share_of_contacts': ['the share of contacts that are online', 'share'],
        'branch_share_of_contacts': ['the share of contacts that are in the branch', 'share'],
        'balance_amount': ['the balance', 'currency units'],
        'limit_utilisation_share': ['the use of the credit limit', 'share'],
        'payment_ratio': ['the payment as a multiple of the minimum due', 'number'],
        'purchases_amount': ['the sum of purchases', 'currency units'],
        'pays_in_full_mostly': ['pay in full in most months', 'who'],
    }) }}
{% endmacro %}


{#-
    How people say the columns of claims: name -> the words of the column, and what stands before and after the value
    or the range of a group.
-#}
{% macro claim_column_labels() %}
    {{ return({
        'age_years': ['the age', 'customers aged ', ''],
        'occupation': ['occupation', 'customers with the occupation ', ''],
        'credit_mix': ['credit mix', 'customers with a ', ' credit mix'],
        'credit_score': ['credit score', 'customers with a ', ' credit score'],
        'minimum_payment_answer': ['what the file says of minimum payments', 'customers whose file says ', ''],
        'age_group': ['age group', 'customers aged ', ''],
        'gender': ['gender', 'customers of the gender ', ''],
        'marital_status': ['marital status', 'customers with the marital status ', ''],
        'city': ['city', 'customers in ', ''],
        'category': ['category', '', ''],
        'payment_type': ['payment type', '', ''],
        'credit_cards': ['the number of credit cards', 'customers with ', ' credit cards'],
        'credit_limit_amount': ['the credit limit', 'customers with a limit of ', ''],
        'tenure_months': ['the time with the card', 'cardholders of ', ' months'],
        'takes_cash_advances': ['cash advances', 'cardholders with cash advances: ', ''],
    }) }}
{% endmacro %}


{#- Of labels with several parts each, the part at a position: name -> text. -#}
{% macro labels_at(labels, position) %}
    {% set texts = {} %}
    {% for name, parts in labels.items() %}
        {% do texts.update({name: parts[position]}) %}
    {% endfor %}
    {{ return(texts) }}
{% endmacro %}


{#- SQL for a group of a claim as people say it: `45-` of `age_years` is "customers aged 45 or more". -#}
{% macro claim_group_in_words(group_value, group_by) -%}
    case
        when {{ group_value }} is null then 'customers'
        when {{ group_value }} = 'rest' then 'all others'
        when {{ group_by }} = 'gender' and {{ group_value }} = 'Male' then 'men'
        when {{ group_by }} = 'gender' and {{ group_value }} = 'Female' then 'women'
        when {{ group_by }} = 'marital_status' then 'customers who are ' || lower({{ group_value }})
        when {{ group_by }} = 'takes_cash_advances' and {{ group_value }} = 'Yes'
            then 'cardholders who take cash advances'
        when {{ group_by }} = 'takes_cash_advances' and {{ group_value }} = 'No' then 'those who do not'
        else
            {{ in_words(group_by, labels_at(claim_column_labels(), 1)) }}
            || case
                when {{ group_by }} not in ('age_years', 'credit_cards', 'credit_limit_amount', 'tenure_months')
                    then replace({{ group_value }}, '_', ' ')
                when {{ group_value }} like '-%' then 'up to ' || {{ claim_limit_in_words(group_value, 2, group_by) }}
                when {{ group_value }} like '%-' then {{ claim_limit_in_words(group_value, 1, group_by) }} || ' or more'
                else
                    {{ claim_limit_in_words(group_value, 1, group_by) }}
                    || ' to ' || {{ claim_limit_in_words(group_value, 2, group_by) }}
            end
            || {{ in_words(group_by, labels_at(claim_column_labels(), 2)) }}
    end
{%- endmacro %}


{#- The lower (1) or upper (2) limit of a range such as `20000-100000`, as people write it. -#}
{% macro claim_limit_in_words(group_value, position, group_by) -%}
    {{ figure_in_words(
        "try_cast(" ~ dbt.split_part(group_value, "'-'", position) ~ " as double)",
        "case " ~ group_by ~ " when 'credit_limit_amount' then 'currency units' else 'number' end"
    ) }}
{%- endmacro %}
