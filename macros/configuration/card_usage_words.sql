{#- The words that the reference seeds on card usage may hold: each is a column that SQL reads. -#}

{#- Behaviours that rules can describe, each a flag of cardholder_behaviour. -#}
{% macro accepted_behaviours() %}
    {{ return(['dormant', 'transactor', 'cash_advance_user', 'minimum_payer', 'revolver', 'vulnerable']) }}
{% endmacro %}


{#- Classes of behaviour: what a cardholder is called, once. -#}
{% macro behaviour_classes() %}
    {{ return(card_segments.accepted_behaviours() | reject('equalto', 'vulnerable') | list + ['unclassified']) }}
{% endmacro %}


{#- Metrics that rules of behaviour can rest on. -#}
{% macro behaviour_metrics() %}
    {{ return([
        'active_month_share', 'balance_amount', 'cash_advance_amount', 'cash_advance_frequency_share',
        'cash_advance_share_of_usage', 'cash_advance_transactions', 'full_payment_share',
        'limit_utilisation_share', 'payment_ratio', 'payments_amount', 'purchase_transactions',
        'purchases_amount', 'purchases_frequency_share', 'tenure_months',
    ]) }}
{% endmacro %}


{#- Components of a cardholder's value, in the order of their columns. -#}
{% macro value_components() %}
    {{ return([
        'interchange', 'rewards', 'interest', 'cash_advance_interest', 'cash_advance_fee', 'instalment_fee',
        'annual_fee', 'funding_cost', 'credit_loss', 'operating_cost',
    ]) }}
{% endmacro %}


{#- What a rate can be taken of: columns of int_card_usage__values. -#}
{% macro value_bases() %}
    {{ return([
        'purchases_amount', 'one_off_purchases_amount', 'instalment_purchases_amount', 'cash_advance_amount',
        'payments_amount', 'balance_amount', 'revolving_balance_amount', 'cash_balance_amount',
        'regular_balance_amount', 'vulnerable_balance_amount', 'credit_limit_amount', 'accounts',
    ]) }}
{% endmacro %}


{#- What can be done about a segment, as segment_value recommends it. -#}
{% macro accepted_treatments() %}
    {{ return(['serve', 'reprice', 'keep', 'grow']) }}
{% endmacro %}
