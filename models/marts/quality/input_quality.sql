-- One row per input file and measure: rows read, loaded and rejected, and values repaired, by column and rule.
with

input_rows as (

    select * from {{ ref('int_input_rows') }}

),

int_input_rejects as (

    select * from {{ ref('int_input_rejects') }}

),

int_input_repairs as (

    select * from {{ ref('int_input_repairs') }}

),

measures as (

    {% for measure, description in {
        'read_rows': 'rows read from the file',
        'loaded_rows': 'rows loaded',
        'rejected_rows': 'rows rejected',
    }.items() %}
    select
        input_name,
        source_file,
        '{{ measure }}' as measure,
        cast(null as {{ dbt.type_string() }}) as column_name,
        cast(null as {{ dbt.type_string() }}) as rule_name,
        '{{ description }}' as description,
        {{ measure }} as measured
    from input_rows
    union all
    {% endfor %}
    select
        input_name,
        source_file,
        'rejected_rows_by_rule' as measure,
        column_name,
        reject_rule as rule_name,
        reject_reason as description,
        count(*) as measured
    from int_input_rejects
    group by
        input_name,
        source_file,
        column_name,
        reject_rule,
        reject_reason
    union all
    select
        input_name,
        source_file,
        'repaired_values' as measure,
        column_name,
        repair_rule as rule_name,
        repair_description as description,
        repaired_values as measured
    from int_input_repairs

)

select * from measures
