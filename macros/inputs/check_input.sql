{#-
    The cleaning of one input, generated from its contract (seeds/inputs/_inputs.yml). One row out for
    each row in: the typed values, per column the repairs made (`<column>__repairs`, rule names in
    commas), and the first fault that the row cannot be used with (`reject_column`, `reject_value`,
    `reject_rule`, `reject_reason`; null for a usable row). `reject_value` is masked. Orphans are looked for
    only `with_parents`.
-#}
{% macro check_input_sql(input_name, with_parents=true) %}
{% set contract = input_contract(input_name) if execute else [] %}
{% set meta = input_node(input_name).config.meta if execute else {'unique_key': []} %}
{% set references = meta.get('references', {}) %}
{% set passed = passed_columns(input_name) %}
{% set numbers = contract | selectattr('type', 'in', ['number', 'integer']) | list %}
{#- Parents must be known before the graph is. -#}
{% set input_relation = ref(input_name) %}
{% if input_name == 'spends' and has_inputs('customers') and with_parents %}
    {% set parent_relations = {'customers': ref('base_customers__validated')} %}
{% else %}
    {% set parent_relations = {} %}
{% endif %}
with

raw_rows as (

    select * from {{ input_relation }}

),

trimmed_rows as (

    select
        source_file,
        source_row,
        source_fault
        {%- for column in contract %},
        {{ column.name }} as {{ column.name }}__raw,
        {{ trimmed(column.name) }} as {{ column.name }}__text
        {%- endfor %}
        {%- for column in passed %},
        nullif({{ trimmed(column.name) }}, '') as {{ column.name }}
        {%- endfor %}
    from raw_rows

),

{% for column in contract if column.get('unify') -%}
{{ column.name }}_spellings as (

    select
        {{ column.name }}__text as spelling,
        first_value({{ column.name }}__text) over (
            partition by {{ spelling_key(column.name ~ '__text') }}
            order by count(*) desc, {{ column.name }}__text desc
        ) as usual_spelling
    from trimmed_rows
    where not {{ is_placeholder(column) }}
    group by {{ column.name }}__text

),

{% endfor -%}
{% if numbers -%}
number_evidence as (

    select
        source_file
        {%- for column in numbers %},
        {{ number_evidence(column) }}
        {%- endfor %}
    from trimmed_rows
    group by source_file

),

number_evidence_of_input as (

    select
        source_file
        {%- for column in numbers %},
        {{ number_evidence_of_input(column) }}
        {%- endfor %}
    from number_evidence

),

number_formats as (

    select
        source_file
        {%- for column in numbers %},
        {{ number_format(column, numbers) }} as {{ column.name }}__format
        {%- endfor %}
    from number_evidence_of_input

),

{% endif -%}
cleaned as (

    select
        trimmed_rows.*
        {%- for column in contract %},
        {{ cleaned_expression(column) }} as {{ column.name }}__clean
        {%- endfor %}
        {%- for column in numbers %},
        number_formats.{{ column.name }}__format
        {%- endfor %}
    from trimmed_rows
    {%- if numbers %}
    inner join number_formats
        on trimmed_rows.source_file = number_formats.source_file
    {%- endif %}
    {%- for column in contract if column.get('unify') %}
    left join {{ column.name }}_spellings
        on trimmed_rows.{{ column.name }}__text = {{ column.name }}_spellings.spelling
    {%- endfor %}

),

doubted as (

    select
        *
        {%- for column in numbers %},
        {{ is_ambiguous_number(column) }} as {{ column.name }}__is_ambiguous
        {%- endfor %}
    from cleaned

),

numbered as (

    select
        *
        {%- for column in numbers %},
        {{ number_from_text(column) }} as {{ column.name }}__number
        {%- endfor %}
    from doubted

),

typed as (

    select
        *
        {%- for column in contract %},
        {{ typed_expression(column) }} as {{ column.name }}__typed
        {%- endfor %}
    from numbered

),

judged as (

    select
        *
        {%- for column in contract %},
        case
            {{ fault_branches(column) }}
        end as {{ column.name }}__fault
        {%- endfor %}
    from typed

),

valued as (

    select
        source_file,
        source_row,
        {%- for column in contract %}
        {{ column.name }}__raw,
        case when {{ column.name }}__fault is null then {{ column.name }}__typed end as {{ column.name }},
        {{ repairs_expression(column) }} as {{ column.name }}__repairs,
        {%- endfor %}
        {%- for column in passed %}
        {{ column.name }},
        {%- endfor %}
        {{ first_fault(contract) }}
    from judged

),

{% if references and parent_relations -%}
{% for column_name, parent in references.items() -%}
referenced as (

    select {{ column_name }} as parent_key
    from {{ parent_relations[parent] }}
    where reject_rule is null
    group by 1

),
{% endfor %}
{% endif -%}
keyed as (

    select
        valued.*,
        row_number() over (
            partition by {{ meta.unique_key | join(', ') or 'source_row' }}, case when fault_rule is null then 1 else 0 end
            order by source_file desc, source_row
        ) as key_occurrence,
        first_value(source_file) over (
            partition by {{ meta.unique_key | join(', ') or 'source_row' }}, case when fault_rule is null then 1 else 0 end
            order by source_file desc, source_row
        ) as kept_file
        {%- if references and parent_relations %},
        referenced.parent_key is null as is_orphan
        {%- endif %}
    from valued
    {%- if references and parent_relations %}
    left join referenced
        on valued.{{ references.keys() | first }} = referenced.parent_key
    {%- endif %}

),

checked as (

    select
        source_file,
        source_row,
        {%- for column in contract %}
        {{ column.name }},
        {{ column.name }}__repairs,
        {%- endfor %}
        {%- for column in passed %}
        {{ column.name }},
        {%- endfor %}
        {%- set key_columns = meta.unique_key | join(', ') %}
        {%- set key_value = "concat_ws(', ', " ~ meta.unique_key | join('__raw, ') ~ "__raw)" if meta.unique_key else "''" %}
        {%- set orphan_column = references.keys() | first if references and parent_relations %}
        case
            when fault_rule is not null then fault_column
            when key_occurrence > 1 then {{ sql_text(key_columns) }}
            {%- if orphan_column %}
            when is_orphan then {{ sql_text(orphan_column) }}
            {%- endif %}
        end as reject_column,
        {%- set reject_value %}
        case
            when fault_rule is not null then fault_value
            when key_occurrence > 1 then {{ key_value }}
            {%- if orphan_column %}
            when is_orphan then {{ orphan_column }}__raw
            {%- endif %}
        end
        {%- endset %}
        {{ masked_text(reject_value) }} as reject_value,
        case
            when fault_rule is not null then fault_rule
            when key_occurrence > 1 and source_file < kept_file then 'replaced'
            when key_occurrence > 1 then 'repeated_key'
            {%- if orphan_column %}
            when is_orphan then 'orphan'
            {%- endif %}
        end as reject_rule,
        case
            when fault_rule is not null then fault_reason
            when key_occurrence > 1 and source_file < kept_file then 'has a key that a later file has too; the later file is kept'
            when key_occurrence > 1 then 'repeats a key that an earlier row of its file has; the first row is kept'
            {%- if orphan_column %}
            when is_orphan then {{ sql_text('has no usable row in the input ' ~ references.values() | first) }}
            {%- endif %}
        end as reject_reason
    from keyed

)

select * from checked
{% endmacro %}
