{#-
    Whether a payment type counts as credit card: the variable credit_card_payment_types, whatever the
    case and blanks.
-#}
{% macro is_credit_card(payment_type) -%}
    {{ spelling_key(payment_type) }} in (
        {%- for word in var('credit_card_payment_types') -%}
            {{ spelling_key(sql_text(word)) }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}
