{#-
    Whether a group of a table of one dimension is suppressed. A small group alone is no secret: what everyone
    has less what the other groups have discloses it. So where a single group is below minimum_cell_size,
    or all such groups together are, the next smallest is suppressed with them; equal ones in the order of
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
    The same for cells that add up in more than one direction: a CTE `complementary_suppression` with the
    table_name and cell_name of those that are not shown. The CTE `suppression_lines` before it has a row for
    each line, its cells that add up to a figure everyone knows, and each cell in it: table_name, cell_name,
    line_name, customers, is_total and is_hidden. Where the figure they add up to is a cell that can be
    suppressed itself, it stands in the line too, with is_total.

    A line is open while it discloses something: one suppressed cell, or fewer than minimum_cell_size people
    in all of them. Each round suppresses one shown cell of every open line, the one of the fewest people. Each line
    that a cell would open counts as ten times its people, for there another cell has to be suppressed with it.
    What is open after the last of them closes by suppressing its whole table.
-#}
{% macro complementary_suppression(rounds=5) -%}
    {{ return(adapter.dispatch('complementary_suppression', 'card_segments')(rounds)) }}
{%- endmacro %}


{% macro default__complementary_suppression(rounds) -%}
complementary_suppression as (

    with recursive

    suppression_rounds as (

        {{ suppression_begun() | indent(8) }}
        union all
        {{ suppression_round('suppression_rounds', rounds) | indent(8) }}

    )

    select distinct
        table_name,
        cell_name
    from suppression_rounds
    where
        is_hidden
        and suppression_round = {{ rounds + 1 }}

)
{%- endmacro %}


{#- In Spark a recursion takes no window functions, so that the rounds are written one after the other. -#}
{% macro spark__complementary_suppression(rounds) -%}
suppression_round_0 as (

    {{ suppression_begun() | indent(4) }}

),

{% for round in range(1, rounds + 2) -%}
suppression_round_{{ round }} as (

    {{ suppression_round('suppression_round_' ~ (round - 1), rounds) | indent(4) }}

),

{% endfor -%}
complementary_suppression as (

    select distinct
        table_name,
        cell_name
    from suppression_round_{{ rounds + 1 }}
    where is_hidden

)
{%- endmacro %}


{#- The cells as they are before the first round. -#}
{% macro suppression_begun() -%}
select
    table_name,
    cell_name,
    line_name,
    customers,
    is_total,
    is_hidden,
    0 as suppression_round
from suppression_lines
{%- endmacro %}


{#- The cells after another round, from those of the relation `cells`. -#}
{% macro suppression_round(cells, rounds) -%}
select
    table_name,
    cell_name,
    line_name,
    customers,
    is_total,
    is_hidden
    or case
        when suppression_round < {{ rounds }}
            then
                count(case when is_open and not is_hidden and size_rank = 1 then 1 end)
                    over (partition by table_name, cell_name)
                > 0
        else
            count(case when is_open and not is_hidden and not is_total then 1 end)
                over (partition by table_name)
            > 0
    end as is_hidden,
    suppression_round + 1 as suppression_round
from (
    select
        *,
        row_number() over (
            partition by line_name, is_hidden
            order by
                is_total asc,
                customers * (1 + 10 * opened_lines) asc,
                cell_name asc
        ) as size_rank
    from (
        select
            *,
            count(case when hidden_cells = 0 then 1 end) over (partition by table_name, cell_name)
                as opened_lines
        from (
            select
                *,
                count(case when is_hidden then 1 end) over (partition by line_name) as hidden_cells,
                count(case when is_hidden then 1 end) over (partition by line_name) = 1
                or sum(case when is_hidden then customers end) over (partition by line_name)
                < {{ var('minimum_cell_size') }} as is_open
            from {{ cells }}
            where suppression_round <= {{ rounds }}
        ) as lines_measured
    ) as cells_measured
) as measured
{%- endmacro %}
