-- One row per cross of demographic attributes and combination of their values: whether its figures are hidden.
{{ config(enabled=has_inputs('customers', 'spends')) }}
{#- Crosses add up to those of fewer attributes. A hidden one of these may not be the sum of shown ones either. #}
with

crosses as (

    select
        attributes,
        attribute_values,
        {{ demographic_attributes() | join(',\n        ') }},
        attribute_count,
        customers,
        customers < {{ var('minimum_cell_size') }} as is_small
    from {{ ref('int_demographic_combinations_summed') }}

),

parts as (

    {% for cross in demographic_combinations() -%}
    select
        attributes as table_name,
        attribute_values as cell_name,
        '{{ cross_name(cross) }}' as line_attributes,
        {{ cross_values(cross) }} as line_values,
        customers,
        is_small
    from crosses
    where
        attribute_count > {{ cross | length }}
        {%- for attribute in cross %}
        and {{ attribute }} is not null
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

/* everyone together is never hidden, other totals can be */
suppression_lines as (

    select
        table_name,
        cell_name,
        concat_ws(' / ', table_name, line_attributes, line_values) as line_name,
        customers,
        false as is_total,
        is_small as is_hidden
    from parts
    union all
    select distinct
        crosses.attributes as table_name,
        crosses.attribute_values as cell_name,
        concat_ws(' / ', parts.table_name, parts.line_attributes, parts.line_values) as line_name,
        crosses.customers,
        true as is_total,
        crosses.is_small as is_hidden
    from parts
    inner join crosses
        on
            parts.line_attributes = crosses.attributes
            and parts.line_values = crosses.attribute_values
    where crosses.attribute_count > 0

),

{{ complementary_suppression() }},

suppressed as (

    select
        crosses.attributes,
        crosses.attribute_values,
        crosses.attribute_count,
        crosses.customers,
        crosses.is_small,
        crosses.is_small or complementary_suppression.cell_name is not null as is_suppressed
    from crosses
    left join complementary_suppression
        on
            crosses.attributes = complementary_suppression.table_name
            and crosses.attribute_values = complementary_suppression.cell_name

)

select * from suppressed
