-- One row per cross of demographic attributes and combination of their values: customers and sums, nothing hidden.
{%- set sums = [
    'spend_amount', 'credit_card_spend_amount', 'income_utilisation_pct_sum', 'income_sum', 'spend_sum', 'card_sum',
    'income_income_sum', 'income_spend_sum', 'spend_spend_sum', 'spend_card_sum', 'card_card_sum',
] %}
with

cells as (

    select * from {{ ref('int_demographic_cells_summed') }}

),

grouped as (

    select
        {%- for attribute in demographic_attributes() %}
        {{ attribute }},
        1 - grouping({{ attribute }}) as has_{{ attribute }},
        {%- endfor %}
        sum(customers) as customers,
        max(months_observed) as months_observed,
        {%- for column in sums %}
        {{ exact_sum(column) }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from cells
    group by grouping sets (
        {%- for cross in demographic_crosses() %}
        ({{ cross | join(', ') }}){{ ',' if not loop.last }}
        {%- endfor %}
    )
    /* everyone is a row also where there is no one */
    having sum(customers) > 0

),

named as (

    select
        case
            {%- for cross in demographic_crosses() %}
            when
                {%- for attribute in demographic_attributes() %}
                has_{{ attribute }} = {{ 1 if attribute in cross else 0 }}{{ ' and' if not loop.last }}
                {%- endfor %}
                then '{{ cross_name(cross) }}'
            {%- endfor %}
        end as attributes,
        coalesce(nullif({{ cross_values(demographic_attributes()) }}, ''), 'all') as attribute_values,
        {{ demographic_attributes() | join(',\n        ') }},
        {% for attribute in demographic_attributes() %}has_{{ attribute }}{{ ' + ' if not loop.last }}{% endfor %}
            as attribute_count,
        cast(customers as bigint) as customers,
        months_observed,
        {{ sums | join(',\n        ') }}
    from grouped

)

select * from named
