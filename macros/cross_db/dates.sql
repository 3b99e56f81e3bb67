{#- An aggregate: the middle one of some dates, the earlier of two. -#}
{% macro median_date(expression) -%}
    {{ return(adapter.dispatch('median_date', 'card_segments')(expression)) }}
{%- endmacro %}


{% macro default__median_date(expression) -%}
    percentile_disc(0.5) within group (order by {{ expression }})
{%- endmacro %}


{% macro spark__median_date(expression) -%}
    date_from_unix_date(cast(percentile_disc(0.5) within group (order by unix_date({{ expression }})) as int))
{%- endmacro %}


{#- As dbt's macro, which on Spark takes the way over instants, and so no time without a zone. -#}
{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- set units = {'week': [7, 'day'], 'quarter': [3, 'month']} -%}
    {%- set number, unit = units.get(datepart, [1, datepart]) -%}
    {%- set amount = 'cast(' ~ number ~ ' * (' ~ interval ~ ') as int)' -%}
    {%- set intervals = {'year': 'make_ym_interval(' ~ amount ~ ')', 'month': 'make_ym_interval(0, ' ~ amount ~ ')'} -%}
    ({{ from_date_or_timestamp }} + {{ intervals.get(unit, amount ~ " * interval '1' " ~ unit) }})
{%- endmacro %}
