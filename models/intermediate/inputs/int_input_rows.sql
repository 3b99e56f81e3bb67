-- One row per input file: rows read, loaded and rejected.
with

accounted_rows as (

    {% for input_name, relation in staged_rows_by_input().items() %}
    select
        '{{ input_name }}' as input_name,
        source_file,
        count(*) as loaded_rows,
        0 as rejected_rows
    from {{ relation }}
    group by source_file
    union all
    {% endfor %}
    {% for input_name, relation in examined_rows_by_input().items() %}
    select
        '{{ input_name }}' as input_name,
        source_file,
        0 as loaded_rows,
        count(*) as rejected_rows
    from {{ relation }}
    where reject_rule is not null
    group by source_file
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

counted as (

    select
        input_name,
        source_file,
        cast(sum(loaded_rows + rejected_rows) as bigint) as read_rows,
        cast(sum(loaded_rows) as bigint) as loaded_rows,
        cast(sum(rejected_rows) as bigint) as rejected_rows
    from accounted_rows
    group by
        input_name,
        source_file

)

select * from counted
