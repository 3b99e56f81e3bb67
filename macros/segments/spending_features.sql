{#-
    The columns of the spending segmentation, from rows of customer months: the same over all months,
    over some of them, or month by month, so that one model scores them all. Whoever got back more than was spent, which
    transactions may say, spent nothing.
-#}
{% macro spending_features() %}
        max(monthly_income_amount) as monthly_income_amount,
        greatest({{ exact_mean('spend_amount') }}, 0) as average_monthly_spend_amount,
        100 * greatest({{ exact_mean('spend_amount') }}, 0) / nullif(max(monthly_income_amount), 0) as income_utilisation_pct
        {%- for column in var('payment_type_shares') %},
        case
            when {{ exact_sum('spend_amount') }} > 0
                then least(greatest({{ exact_sum(column | replace('_share', '_amount')) }} / {{ exact_sum('spend_amount') }}, 0), 1)
        end as {{ column }}
        {%- endfor %}
{% endmacro %}
