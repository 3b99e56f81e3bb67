{% if missing_inputs(['customers', 'spends']) %}
/* there is nothing to test without both inputs */
select 'customers and spends' as needed_inputs
where false
{% else %}
with

crosses as (

    select * from {{ ref('rpt_customer_demographics') }}

),

parts as (

    {% for cross in demographic_crosses() -%}
    select
        attributes,
        '{{ cross_name(cross) }}' as line_attributes,
        {{ cross_values(cross) }} as line_values,
        count(*) as cells,
        count(*) filter (where is_suppressed) as hidden_cells,
        coalesce(sum(customers) filter (where is_suppressed), 0) as hidden_customers
    from crosses
    where
        attribute_count > {{ cross | length }}
        {%- for attribute in cross %}
        and {{ attribute }} is not null
        {%- endfor %}
    group by
        attributes,
        {{ cross_values(cross) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

/* what is not told of the total need not be hidden in its parts, but then they may not add up to it */
select parts.*
from parts
inner join crosses as totals
    on
        parts.line_attributes = totals.attributes
        and parts.line_values = totals.attribute_values
where
    (totals.is_suppressed and parts.hidden_cells = 0)
    or (
        not totals.is_suppressed
        and parts.hidden_cells > 0
        and parts.cells > parts.hidden_cells
        and (parts.hidden_cells = 1 or parts.hidden_customers < {{ var('minimum_cell_size') }})
    )
{% endif %}
