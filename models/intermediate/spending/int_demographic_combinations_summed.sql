-- One row per cross of demographic attributes and combination of their values: customers and sums, nothing hidden.
{{ config(enabled=has_inputs('customers', 'spends')) }}
{%- set sums = [
    'spend_amount', 'credit_card_spend_amount', 'income_utilisation_pct_sum', 'income_sum', 'spend_sum', 'card_sum',
    'income_income_sum', 'income_spend_sum', 'spend_spend_sum', 'spend_card_sum', 'card_card_sum',
] %}
with

cells as (

    select * from {{ ref('int_demographic_cells_summed') }}

),

crosses as (

    {% for cross in demographic_combinations() %}
    select
        '{{ cross_name(cross) }}' as attributes,
        {%- for attribute in demographic_attributes() %}
        {{ attribute in cross }} as has_{{ attribute }},
        {%- endfor %}
        {{ cross | length }} as attribute_count
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

/* each cell once in every cross, without the attributes that the cross leaves out */
cells_in_crosses as (

    select
        crosses.attributes,
        {%- for attribute in demographic_attributes() %}
        case when crosses.has_{{ attribute }} then cells.{{ attribute }} end as {{ attribute }},
        {%- endfor %}
        cast(crosses.attribute_count as bigint) as attribute_count,
        cells.customers,
        cells.{{ sums | join(',\n        cells.') }},
        cells.months_observed
    from cells
    cross join crosses

),

summed as (

    select
        attributes,
        case
            when attribute_count = 0 then 'all'
            else concat_ws(' × ', {{ demographic_attributes() | join(', ') }})
        end as attribute_values,
        {{ demographic_attributes() | join(',\n        ') }},
        attribute_count,
        cast(sum(customers) as bigint) as customers,
        {%- for column in sums %}
        {{ exact_sum(column) }} as {{ column }},
        {%- endfor %}
        max(months_observed) as months_observed
    from cells_in_crosses
    group by
        attributes,
        {{ demographic_attributes() | join(',\n        ') }},
        attribute_count

)

select * from summed
