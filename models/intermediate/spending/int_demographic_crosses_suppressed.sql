-- One row per cross of demographic attributes and combination of their values: whether its figures are hidden.
{#-
    A small cell alone is no secret: what everyone has less what the other cells have gives it away. So in
    each line, the cells that add up to a published cell of fewer attributes, at least two cells with at
    least minimum_cell_size customers together have to be hidden. Each round hides the smallest visible
    cell of every line that falls short; a cell that it hides may open another line. What is still open
    after the last round closes by hiding the whole cross.
-#}
{%- set rounds = 5 %}
{%- set is_open = 'hidden_cells > 0 and (hidden_cells = 1 or hidden_customers < ' ~ var('minimum_cell_size') ~ ')' %}
with

crosses as (

    select
        attributes,
        attribute_values,
        {{ demographic_attributes() | join(',\n        ') }},
        attribute_count,
        customers,
        customers < {{ var('minimum_cell_size') }} as is_small
    from {{ ref('int_demographic_crosses_summed') }}

),

lines_0 as (

    {% for cross in demographic_crosses() -%}
    select
        attributes,
        attribute_values,
        '{{ cross_name(cross) }}' as line_attributes,
        {{ cross_values(cross) }} as line_values,
        customers,
        is_small as is_hidden
    from crosses
    where
        attribute_count > {{ cross | length }}
        {%- for attribute in cross %}
        and {{ attribute }} is not null
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{% for number in range(1, rounds + 2) -%}
measured_{{ number }} as (

    select
        *,
        sum(case when is_hidden then 1 else 0 end) over (partition by attributes, line_attributes, line_values)
            as hidden_cells,
        sum(case when is_hidden then customers else 0 end)
            over (partition by attributes, line_attributes, line_values) as hidden_customers,
        row_number() over (
            partition by attributes, line_attributes, line_values, is_hidden
            order by customers asc, attribute_values asc
        ) as place
    from lines_{{ number - 1 }}

),

lines_{{ number }} as (

    select
        attributes,
        attribute_values,
        line_attributes,
        line_values,
        customers,
        is_hidden
        or count(case when not is_hidden {{ 'and place = 1' if number <= rounds }} and {{ is_open }} then 1 end)
            over (partition by attributes{{ ', attribute_values' if number <= rounds }})
        > 0 as is_hidden
    from measured_{{ number }}

),

{% endfor -%}
hidden as (

    select distinct
        attributes,
        attribute_values
    from lines_{{ rounds + 1 }}
    where is_hidden

),

suppressed as (

    select
        crosses.attributes,
        crosses.attribute_values,
        crosses.attribute_count,
        crosses.customers,
        crosses.is_small,
        crosses.is_small or hidden.attributes is not null as is_suppressed
    from crosses
    left join hidden
        on
            crosses.attributes = hidden.attributes
            and crosses.attribute_values = hidden.attribute_values

)

select * from suppressed
