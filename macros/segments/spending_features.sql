{#-
    The columns of the spending segmentation, from rows of customer months: the same over all months,
    over some of them, or month by month, so that one model scores them all.
-#}
{% macro spending_features() %}
        max(monthly_income_amount) as monthly_income_amount,
        {{ exact_mean('spend_amount') }} as average_monthly_spend_amount,
        100 * {{ exact_mean('spend_amount') }} / nullif(max(monthly_income_amount), 0) as income_utilisation_pct
        {%- for column in var('payment_type_shares') %},
        {{ exact_sum(column | replace('_share', '_amount')) }} / nullif({{ exact_sum('spend_amount') }}, 0) as {{ column }}
        {%- endfor %}
{% endmacro %}
