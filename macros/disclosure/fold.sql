{#- What groups and categories that too few people are in are called together. -#}
{% macro all_other() -%}
    'All other'
{%- endmacro %}


{#-
    Whether a group is folded into "All other": it has fewer than minimum_cell_size people, or it is the next
    smallest and needed to bring those to that number. The groups that share the values of `partition_by` add up
    to everyone, each in one row; equal ones go in the order of `key`.
-#}
{% macro is_folded(customers, partition_by, key) -%}
    (
        min({{ customers }}) over (partition by {{ partition_by }}) < {{ var('minimum_cell_size') }}
        and coalesce(sum({{ customers }}) over (
            partition by {{ partition_by }}
            order by {{ customers }} asc, {{ key }} asc
            rows between unbounded preceding and 1 preceding
        ), 0) < {{ var('minimum_cell_size') }}
        or {{ customers }} < {{ var('minimum_cell_size') }}
    )
{%- endmacro %}


{#-
    The same for what people have several of, such as months and categories of spend: CTEs that end in `name`, with
    a row for each attribute, item_class and item, and is_folded. `counts` has a row for each of these in each line
    in which it occurs: line_name and customers.

    An item is folded in all lines of an attribute as soon as one has too few people. What is left is then the same
    in all lines, so that lines can be taken from each other without disclosing anyone. Where the folded items of a
    line do not hold enough people, one that has enough in every line is folded with them, the same for all
    attributes, and where there is none, all are.
-#}
{% macro folded_items(counts, name) -%}
{{ name }}_sized as (

    select
        attribute,
        item_class,
        item,
        min(customers) as smallest_customers,
        min(customers) < {{ var('minimum_cell_size') }} as is_small,
        count(*) as filled_lines
    from {{ counts }}
    group by
        attribute,
        item_class,
        item

),

{{ name }}_lines as (

    select
        counts.attribute,
        counts.item_class,
        counts.line_name,
        max(case when sized.is_small then counts.customers end) as folded_customers
    from {{ counts }} as counts
    inner join {{ name }}_sized as sized
        on
            counts.attribute = sized.attribute
            and counts.item_class = sized.item_class
            and counts.item = sized.item
    group by
        counts.attribute,
        counts.item_class,
        counts.line_name

),

{{ name }}_classes as (

    select
        attribute,
        item_class,
        count(*) as all_lines,
        max(case when folded_customers < {{ var('minimum_cell_size') }} then 1 else 0 end) = 1 as is_open
    from {{ name }}_lines
    group by
        attribute,
        item_class

),

{{ name }}_fillers as (

    select
        sized.item_class,
        sized.item,
        row_number() over (
            partition by sized.item_class
            order by min(sized.smallest_customers) asc, sized.item asc
        ) as filler_rank
    from {{ name }}_sized as sized
    inner join {{ name }}_classes as classes
        on
            sized.attribute = classes.attribute
            and sized.item_class = classes.item_class
    group by
        sized.item_class,
        sized.item
    having
        max(case when sized.is_small or sized.filled_lines < classes.all_lines then 1 else 0 end) = 0
        and count(*) = (select count(distinct attribute) from {{ counts }})

),

/* what is folded for everyone is folded for each attribute */
{{ name }}_open as (

    select
        classes.attribute,
        classes.item_class,
        classes.is_open or coalesce(of_everyone.is_open, false) as is_open,
        fillers.item as filler
    from {{ name }}_classes as classes
    left join {{ name }}_classes as of_everyone
        on
            classes.item_class = of_everyone.item_class
            and of_everyone.attribute = 'all'
    left join {{ name }}_fillers as fillers
        on
            classes.item_class = fillers.item_class
            and fillers.filler_rank = 1

),

{{ name }} as (

    select
        sized.attribute,
        sized.item_class,
        sized.item,
        /* a class that cannot hide its own is folded with the others */
        max(case when classes.is_open and classes.filler is null then 1 else 0 end)
            over (partition by sized.attribute)
        = 1 as is_all_folded,
        sized.is_small
        or (classes.is_open and sized.item = classes.filler)
        or max(case when classes.is_open and classes.filler is null then 1 else 0 end)
            over (partition by sized.attribute)
        = 1 as is_folded
    from {{ name }}_sized as sized
    inner join {{ name }}_open as classes
        on
            sized.attribute = classes.attribute
            and sized.item_class = classes.item_class

)
{%- endmacro %}
