-- One row per rejected row of an input: where it stands, what is wrong with it, and what it said.
with

rejected_rows as (

    {% for input_name, relation in examined_rows_by_input().items() %}
    select
        '{{ input_name }}' as input_name,
        source_file,
        source_row,
        reject_column as column_name,
        reject_value as rejected_value,
        reject_rule,
        reject_reason
    from {{ relation }}
    where reject_rule is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from rejected_rows
