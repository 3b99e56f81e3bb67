{#- Whether a value is one of some words, whatever the case, blanks and underscores; no words match nothing. -#}
{% macro is_one_of(value, words) -%}
    {%- if words -%}
    {{ spelling_key('trim(' ~ value ~ ')') }} in (
        {%- for word in words -%}
            {{ spelling_key(sql_text(word | trim)) }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}


{#- Whether a payment type counts as credit card: one of the variable credit_card_payment_types. -#}
{% macro is_credit_card(payment_type) -%}
    {{ is_one_of(payment_type, var('credit_card_payment_types')) }}
{%- endmacro %}


{#- Whether a payment type is the one of a share; a share of a credit card is that of all that count as one. -#}
{% macro is_paid_by(payment_type, word) -%}
    ({{ is_one_of(payment_type, [word]) }} or ({{ is_credit_card(payment_type) }} and {{ is_credit_card(sql_text(word)) }}))
{%- endmacro %}
