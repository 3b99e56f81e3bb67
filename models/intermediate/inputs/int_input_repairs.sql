-- One row per input file, column and repair rule: how many values of usable rows the rule changed.
with

repaired_values as (

    {#- The inputs and their columns are those of the contract. #}
    {% for input_name, relation in examined_rows_by_input().items() %}
    {%- set contract = input_contract(input_name) if execute else [] %}
    select
        '{{ input_name }}' as input_name,
        source_file,
        column_name,
        repairs
    from {{ relation }}
    unpivot (
        repairs for column_name in (
            {%- for column in contract %}
            {{ column.name }}__repairs as {{ column.name }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
    )
    where reject_rule is null
    {{ 'union all' if not loop.last }}
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
