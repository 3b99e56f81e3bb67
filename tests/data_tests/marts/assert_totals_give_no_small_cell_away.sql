with

crosses as (

    select * from {{ ref('customer_demographics') }}

),

parts as (

    {% for cross in demographic_combinations() -%}
    select
        attributes,
        '{{ cross_name(cross) }}' as line_attributes,
        {{ cross_values(cross) }} as line_values,
        count(*) as cells,
        count(*) filter (where is_suppressed) as complementary_suppression,
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
    (totals.is_suppressed and parts.complementary_suppression = 0)
    or (
        not totals.is_suppressed
        and parts.complementary_suppression > 0
        and parts.cells > parts.complementary_suppression
        and (parts.complementary_suppression = 1 or parts.hidden_customers < {{ var('minimum_cell_size') }})
    )
