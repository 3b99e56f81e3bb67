-- One row per input file: rows read, loaded and rejected.
with

validated_rows as (

    {% for input_name, relation in validated_rows_by_input().items() %}
    select
        '{{ input_name }}' as input_name,
        source_file,
        count(*) as read_rows,
        count(*) filter (where reject_rule is null) as loaded_rows,
        count(*) filter (where reject_rule is not null) as rejected_rows
    from {{ relation }}
    group by source_file
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from validated_rows
