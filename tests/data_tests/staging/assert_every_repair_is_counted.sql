with

row_repairs as (

    {% for input_name, relation in examined_rows_by_input().items() %}
    select
        '{{ input_name }}' as input_name,
        source_file,
        concat_ws(
            ','
            {%- for column in (input_contract(input_name) if execute else []) %},
            {{ column.name }}__repairs
            {%- endfor %}
        ) as repairs
    from {{ relation }}
    where reject_rule is null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

applied as (

    select
        input_name,
        source_file,
        sum(length(repairs) - length(replace(repairs, ',', '')) + 1) as applied_repairs
    from row_repairs
    where repairs <> ''
    group by
        input_name,
        source_file

),

counted as (

    select
        input_name,
        source_file,
        sum(repaired_values) as counted_repairs
    from {{ ref('int_input_repairs') }}
    group by
        input_name,
        source_file

)

select
    applied.input_name,
    applied.source_file,
    applied.applied_repairs,
    counted.counted_repairs
from applied
full outer join counted
    on
        applied.input_name = counted.input_name
        and applied.source_file = counted.source_file
where applied.applied_repairs is distinct from counted.counted_repairs
