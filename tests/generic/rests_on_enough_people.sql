{#-
    Fails on every row that shows a figure though fewer than minimum_cell_size people are behind it, on every
    suppressed row that shows one, and on suppressed rows that the others and a total disclose. They are
    worked out again by the macro people_behind, not taken from the published count; `people` says what its rows are,
    and `keys` what tells them apart.
    Figures are all numbers but those in `no_figures`, which say nothing about people. Rows that share the columns of
    `adds_up_within` add up to a total that is known.
-#}
{% test rests_on_enough_people(model, keys, people, no_figures=[], adds_up_within=[]) %}
{%- set figures = [] -%}
{%- set flags = [] -%}
{%- if execute -%}
    {%- for column in adapter.get_columns_in_relation(model) -%}
        {%- if column.name == 'is_suppressed' -%}
            {%- do flags.append(column.name) -%}
        {#- dbt-spark does not take an int for a number -#}
        {%- elif (column.is_number() or column.dtype | lower == 'int') and column.name not in keys + no_figures -%}
            {%- do figures.append('report.' ~ column.name) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endif %}
with

people as (

    {{ people_behind(people) }}

),

counted as (

    select
        {{ keys | join(', ') }},
        count(distinct customer_id) as contributing_people
    from people
    group by {{ keys | join(', ') }}

),

measured as (

    select
        report.*,
        counted.contributing_people,
        coalesce({{ (figures or ['null']) | join(', ') }}) is not null as has_figures
    from {{ model }} as report
    left join counted
        on
            {% for column in keys %}
            {{ 'and ' if not loop.first }}report.{{ column }} is not distinct from counted.{{ column }}
            {% endfor %}

)

select
    {{ keys | join(', ') }},
    contributing_people
from measured
where
    has_figures
    and (
        contributing_people between 1 and {{ var('minimum_cell_size') }} - 1
        {%- for flag in flags %}
        or {{ flag }}
        {%- endfor %}
    )
{%- if adds_up_within %}
union all
select
    {% for column in keys %}
    {{ 'max(' ~ column ~ ')' if column not in adds_up_within else column }} as {{ column }},
    {% endfor %}
    sum(case when is_suppressed then contributing_people end) as contributing_people
from measured
where contributing_people > 0
group by {{ adds_up_within | join(', ') }}
having
    count(case when is_suppressed then 1 end) between 1 and count(*) - 1
    and (
        count(case when is_suppressed then 1 end) = 1
        or sum(case when is_suppressed then contributing_people end) < {{ var('minimum_cell_size') }}
    )
{%- endif %}
{% endtest %}
