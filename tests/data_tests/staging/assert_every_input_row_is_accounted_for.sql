with

raw_counts as (

    {% for input_name in given_inputs() %}
    select
        '{{ input_name }}' as input_name,
        source_file,
        count(*) as raw_rows
    from {{ ref(input_name) }}
    group by source_file
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

input_rows as (

    select * from {{ ref('int_input_rows') }}

),

reject_counts as (

    select
        input_name,
        source_file,
        count(*) as listed_rejects
    from {{ ref('int_input_rejects') }}
    group by
        input_name,
        source_file

)

select
    raw_counts.input_name,
    raw_counts.source_file,
    raw_counts.raw_rows,
    input_rows.read_rows,
    input_rows.loaded_rows,
    input_rows.rejected_rows,
    reject_counts.listed_rejects
from raw_counts
left join input_rows
    on
        raw_counts.input_name = input_rows.input_name
        and raw_counts.source_file = input_rows.source_file
left join reject_counts
    on
        raw_counts.input_name = reject_counts.input_name
        and raw_counts.source_file = reject_counts.source_file
where
    input_rows.read_rows is distinct from raw_counts.raw_rows
    or input_rows.loaded_rows + input_rows.rejected_rows <> raw_counts.raw_rows
    or input_rows.rejected_rows <> coalesce(reject_counts.listed_rejects, 0)
