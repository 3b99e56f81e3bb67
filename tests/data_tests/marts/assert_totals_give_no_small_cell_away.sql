{% if missing_inputs(['customers', 'spends']) %}
/* there is nothing to test without both inputs */
select 'customers and spends' as needed_inputs
where false
{% else %}
with

crosses as (

    select * from {{ ref('rpt_customer_demographics') }}

),

lines as (

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

select * from lines
where
    hidden_cells > 0
    and cells > hidden_cells
    and (hidden_cells = 1 or hidden_customers < {{ var('minimum_cell_size') }})
{% endif %}
