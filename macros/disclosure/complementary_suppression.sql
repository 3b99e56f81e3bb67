{#-
    Whether a group of a table of one dimension is hidden. A small group alone is no secret: what everyone
    has less what the other groups have gives it away. So where a single group is below minimum_cell_size,
    or all such groups together are, the next smallest is hidden with them; equal ones in the order of
    `key`. The groups that share the values of `partition_by` have to add up to everyone. A group of no one
    has no figures either, but nothing to protect.
-#}
{% macro is_suppressed_in_total(customers, partition_by, key) -%}
    {%- set is_small = customers ~ ' < ' ~ var('minimum_cell_size') -%}
    {%- set is_secret = is_small ~ ' and ' ~ customers ~ ' > 0' -%}
    {%- set small_groups = 'count(case when ' ~ is_small ~ ' then 1 end) over (partition by ' ~ partition_by ~ ')' -%}
    {%- set secret_groups = 'count(case when ' ~ is_secret ~ ' then 1 end) over (partition by ' ~ partition_by ~ ')' -%}
    {%- set secret_customers
        = 'sum(case when ' ~ is_secret ~ ' then ' ~ customers ~ ' else 0 end) over (partition by ' ~ partition_by ~ ')' -%}
    (
        {{ is_small }}
        or (
            {{ secret_groups }} > 0
            and ({{ secret_groups }} = 1 or {{ secret_customers }} < {{ var('minimum_cell_size') }})
            and row_number() over (partition by {{ partition_by }} order by {{ customers }} asc, {{ key }} asc)
            = 1 + {{ small_groups }}
        )
    )
{%- endmacro %}


{#-
    The same for cells that add up in more than one direction: CTEs that end in `complementary_suppression` with the
    table_name and cell_name of each. The CTE `suppression_lines` before them has a row for each line, its cells that
    add up to a figure everyone knows, and each cell in it: table_name, cell_name, line_name, customers,
    is_total and is_hidden. Where the figure they add up to is a cell that can be hidden itself, it stands
    in the line too, with is_total.

    A line is open while it gives something away: one hidden cell, or fewer than minimum_cell_size people
    in all of them. Each round hides the smallest visible cell of every open line, which may open another.
    What is open after the last round closes by hiding its whole table.
-#}
{% macro complementary_suppression(rounds=5) -%}
{%- set is_open = 'hidden_cells > 0 and (hidden_cells = 1 or hidden_customers < ' ~ var('minimum_cell_size') ~ ')' -%}
{%- for number in range(1, rounds + 2) -%}
measured_{{ number }} as (

    select
        *,
        sum(case when is_hidden then 1 else 0 end) over (partition by line_name) as hidden_cells,
        sum(case when is_hidden then customers else 0 end) over (partition by line_name) as hidden_customers,
        row_number() over (
            partition by line_name, is_hidden
            order by is_total asc, customers asc, cell_name asc
        ) as place
    from {{ "suppression_lines" if number == 1 else "lines_" ~ (number - 1) }}

),

lines_{{ number }} as (

    select
        table_name,
        cell_name,
        line_name,
        customers,
        is_total,
        is_hidden
        or count(
            case when not is_hidden and {{ 'place = 1' if number <= rounds else 'not is_total' }} and {{ is_open }} then 1 end
        ) over (partition by table_name{{ ', cell_name' if number <= rounds }}) > 0 as is_hidden
    from measured_{{ number }}

),

{% endfor -%}
complementary_suppression as (

    select distinct
        table_name,
        cell_name
    from lines_{{ rounds + 1 }}
    where is_hidden

)
{%- endmacro %}
