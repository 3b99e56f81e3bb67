{#- What a transaction can be: what the words in seeds/reference/transaction_types.csv may mean. -#}
{% macro transaction_types() %}
    {{ return([
        'purchase', 'refund', 'reversal', 'instalment', 'payment', 'fee', 'interest', 'cash_advance', 'income',
        'transfer', 'adjustment'
    ]) }}
{% endmacro %}
