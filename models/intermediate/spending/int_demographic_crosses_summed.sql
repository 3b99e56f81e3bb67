-- One row per cross of demographic attributes and combination of their values: customers and sums, nothing hidden.
{%- set sums = [
    'spend_amount', 'credit_card_spend_amount', 'income_utilisation_pct_sum', 'income_sum', 'spend_sum', 'card_sum',
    'income_income_sum', 'income_spend_sum', 'spend_spend_sum', 'spend_card_sum', 'card_card_sum',
] %}
with

cells as (

    select * from {{ ref('int_demographic_cells_summed') }}

),

crosses as (

    {% for cross in demographic_crosses() %}
    select
        '{{ cross_name(cross) }}' as attributes,
        {{ cross_values(cross) | trim }} as attribute_values,
        {%- for attribute in demographic_attributes() %}
        {{ attribute if attribute in cross else 'cast(null as string)' }} as {{ attribute }},
        {%- endfor %}
        cast({{ cross | length }} as bigint) as attribute_count,
        cast(sum(customers) as bigint) as customers,
        {%- for column in sums %}
        {{ exact_sum(column) }} as {{ column }},
        {%- endfor %}
        max(months_observed) as months_observed
    from cells
    {{ 'group by ' ~ cross | join(', ') if cross else 'having count(*) > 0' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from crosses
