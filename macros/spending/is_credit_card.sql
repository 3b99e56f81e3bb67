{#-
    Whether a payment type counts as credit card: the variable credit_card_payment_types, whatever the
    case and blanks.
-#}
{% macro is_credit_card(payment_type) -%}
    {{ spelling_key('trim(' ~ payment_type ~ ')') }} in (
        {%- for word in var('credit_card_payment_types') -%}
            {{ spelling_key(sql_text(word | trim)) }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}
