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


{#- The value of an attribute, "All other" where the CTE folded_values has it (attribute, attribute_value). -#}
{% macro folded_value(attribute) -%}
    case
        when {{ attribute }} in (select attribute_value from folded_values where attribute = '{{ attribute }}')
            then {{ all_other() }}
        else {{ attribute }}
    end
{%- endmacro %}


{#-
    The same for what people have several of, such as months and categories of spend: CTEs up to one of that `name`,
    with a row for each attribute, item_class and item, is_folded, and is_all_folded where all items of the attribute
    are. `counts` has a row for each item in each line in which it occurs (line_name, customers); `people` one for each
    of its customers (customer_id), of those rows at least that have fewer than minimum_cell_size.

    An item is folded in all lines of an attribute as soon as one has too few people. What is left is then the same
    in all lines, so that lines can be taken from each other without disclosing anyone. Where the folded items of a
    line do not hold enough people, another item is folded with them, and where that is not enough, all are. What is
    folded in `inherited`, for everyone, is folded for each attribute.
-#}
{% macro folded_items(name, counts, people, inherited=none) -%}
{{ name }}_sized as (

    select
        counts.attribute,
        counts.item_class,
        counts.item,
        sum(counts.customers) as item_customers,
        count(*) as filled_lines,
        {% if inherited -%}
        max(case when inherited.is_all_folded then 1 else 0 end) = 1 as is_all_folded,
        max(case when inherited.is_folded then 1 else 0 end) = 1 or
        {%- else -%}
        false as is_all_folded,
        {%- endif %}
        min(counts.customers) < {{ var('minimum_cell_size') }} as is_small
    from {{ counts }} as counts
    {%- if inherited %}
    left join {{ inherited }} as inherited
        on
            counts.item_class = inherited.item_class
            and counts.item = inherited.item
    {%- endif %}
    group by
        counts.attribute,
        counts.item_class,
        counts.item

),

/* an item that fills every line closes every line, the smallest of these is enough; else the largest is tried */
{{ name }}_ranked as (

    select
        *,
        row_number() over (
            partition by attribute, item_class, is_small
            order by
                filled_lines desc,
                case when filled_lines = most_filled_lines then item_customers else -item_customers end asc,
                item asc
        ) = 1
        and not is_small as is_filler
    from (
        select
            *,
            max(filled_lines) over (partition by attribute, item_class) as most_filled_lines
        from {{ name }}_sized
    ) as sized
    where {{ worked_out_once() }}

),

/* a line in which one small item has enough people discloses nothing, and neither does one with the filler */
{{ name }}_lines as (

    select
        counts.attribute,
        counts.item_class,
        counts.line_name,
        max(case when ranked.is_filler then 1 else 0 end) = 1 as has_filler
    from {{ counts }} as counts
    inner join {{ name }}_ranked as ranked
        on
            counts.attribute = ranked.attribute
            and counts.item_class = ranked.item_class
            and counts.item = ranked.item
    group by
        counts.attribute,
        counts.item_class,
        counts.line_name
    having max(case when ranked.is_small then counts.customers end) < {{ var('minimum_cell_size') }}

),

{{ name }}_open_lines as (

    select
        lines.attribute,
        lines.item_class,
        lines.line_name,
        lines.has_filler
    from {{ people }} as people
    inner join {{ name }}_ranked as ranked
        on
            people.attribute = ranked.attribute
            and people.item_class = ranked.item_class
            and people.item = ranked.item
    inner join {{ name }}_lines as lines
        on
            people.attribute = lines.attribute
            and people.item_class = lines.item_class
            and people.line_name = lines.line_name
    where ranked.is_small
    group by
        lines.attribute,
        lines.item_class,
        lines.line_name,
        lines.has_filler
    having count(distinct people.customer_id) < {{ var('minimum_cell_size') }}

),

{{ name }}_classes as (

    select
        attribute,
        item_class,
        true as is_open,
        max(case when has_filler then 0 else 1 end) = 1 as is_open_when_filled
    from {{ name }}_open_lines
    group by
        attribute,
        item_class

),

{{ name }} as (

    select
        ranked.attribute,
        ranked.item_class,
        ranked.item,
        max(case when ranked.is_all_folded or (classes.is_open and classes.is_open_when_filled) then 1 else 0 end)
            over (partition by ranked.attribute)
        = 1 as is_all_folded,
        ranked.is_small
        or (ranked.is_filler and coalesce(classes.is_open, false))
        or max(case when ranked.is_all_folded or (classes.is_open and classes.is_open_when_filled) then 1 else 0 end)
            over (partition by ranked.attribute)
        = 1 as is_folded
    from {{ name }}_ranked as ranked
    left join {{ name }}_classes as classes
        on
            ranked.attribute = classes.attribute
            and ranked.item_class = classes.item_class
    where {{ worked_out_once() }}

)
{%- endmacro %}


{#- The same first for everyone (the attribute `all`) and then for the values of each attribute, which inherit it. -#}
{% macro folded_items_of_attributes(name, counts, people) -%}
{{ counts }}_of_all as (

    select * from {{ counts }}
    where attribute = 'all'

),

{{ counts }}_of_values as (

    select * from {{ counts }}
    where attribute <> 'all'

),

{{ folded_items(name ~ '_of_all', counts ~ '_of_all', people) }},

{{ folded_items(name ~ '_of_values', counts ~ '_of_values', people, name ~ '_of_all') }},

{{ name }} as (

    select * from {{ name }}_of_all
    union all
    select * from {{ name }}_of_values

)
{%- endmacro %}


{#- The CTE scores of the customers whose spends are known, and segments with the key that each is reported under. -#}
{% macro segments_of_spenders() -%}
scores as (

    select * from {{ ref('int_segment_scores') }} as scores
    /* whose customers those of the spends are; identifiers of another population are other people */
    where
        {{ population_of('scores.segmentation') | indent(8) }} = {{ population_of("'spending'") | indent(8) }}
        and scores.customer_id in (select customers.customer_id from {{ ref('int_customers_grouped') }} as customers)

),

/* segments of too few customers are one */
segments as (

    select
        segmentation,
        segment_key,
        case
            when {{ is_folded('count(*)', 'segmentation', 'segment_key') }} then 'all_other'
            else segment_key
        end as reported_segment_key
    from scores
    group by
        segmentation,
        segment_key

)
{%- endmacro %}
