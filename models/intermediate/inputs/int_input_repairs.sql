-- One row per input file, column and repair rule: how many values of usable rows the rule changed.
with

repaired_values as (

    {% for input_name, relation in checked_rows_by_input().items() %}
    {%- set outer_loop = loop %}
    {%- set columns = input_contract(input_name) if execute else [{'name': 'source_file'}] %}
    {%- for column in columns %}
    select
        '{{ input_name }}' as input_name,
        source_file,
        '{{ column.name }}' as column_name,
        {{ column.name ~ '__repairs' if execute else 'source_file' }} as repairs
    from {{ relation }}
    where
        reject_rule is null
        and {{ column.name ~ '__repairs' if execute else 'source_file' }} is not null
    {{ 'union all' if not (loop.last and outer_loop.last) }}
    {%- endfor %}
    {% endfor %}

),

rules as (

    {% for rule, description in repair_rules().items() %}
    select '{{ rule }}' as repair_rule, '{{ description }}' as repair_description
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

counted as (

    select
        repaired_values.input_name,
        repaired_values.source_file,
        repaired_values.column_name,
        rules.repair_rule,
        rules.repair_description,
        count(*) as repaired_values
    from repaired_values
    inner join rules
        on concat(',', repaired_values.repairs, ',') like concat('%,', rules.repair_rule, ',%')
    group by
        repaired_values.input_name,
        repaired_values.source_file,
        repaired_values.column_name,
        rules.repair_rule,
        rules.repair_description

)

select * from counted
