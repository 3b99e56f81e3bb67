{#-
    The examination of the rows of one input that do not stand as they are, generated from its contract
    (seeds/inputs/_inputs.yml). One row out for each that was repaired, read in another writing, or rejected: the typed
    values, per column the repairs made (`<column>__repairs`, rule names in commas), and the first fault that the row
    cannot be used with (`reject_column`, `reject_value`, `reject_rule`, `reject_reason`; null for a usable row).
    `reject_value` is masked. Orphans are looked for only with `parents`, the relation of the usable rows that others
    refer to.

    The input is read three times: for the spellings of its texts, for the rows that are not clean, and for keys that
    repeat. Only rows that are not clean, and those of repeated keys, are held in memory.
-#}
{% macro check_input_sql(input_name, input_relation, parents=none) %}
    {{ return(adapter.dispatch('check_input_sql', 'card_segments')(input_name, input_relation, parents)) }}
{% endmacro %}


{% macro default__check_input_sql(input_name, input_relation, parents) %}
{% do load_input_model(input_name) %}
{% set contract = source_columns(input_name) if execute else [] %}
{% set meta = input_node(input_name).config.meta if execute else {'unique_key': []} %}
{% set references = meta.get('references', {}) if parents else {} %}
{% set passed = passed_columns(input_name) %}
{% set numbers = contract | selectattr('type', 'in', ['number', 'integer']) | list %}
{% set written_numbers = numbers | rejectattr('source_type', 'ne', 'VARCHAR') | list %}
{% set keys = meta.unique_key %}
{#- What rows with the same key have in common: the first column of the key, or a hash of it where hardly two rows have that in common. -#}
{% set hashed_keys = [] %}
{% for key in keys %}
    {#- Equal numbers of two types have two hashes. -#}
    {% do hashed_keys.append('cast(' ~ key ~ ' as bigint)' if key in numbers | map(attribute='name') else key) %}
{% endfor %}
{% set key_mark = 'hash(' ~ hashed_keys | join(', ') ~ ')' if meta.get('first_key_is_nearly_unique') else keys[0] %}
{% set other_values = 'row(' ~ contract | map(attribute='name') | reject('in', keys) | join(', ') ~ ')' %}
{% set has_every_key = contract | selectattr('name', 'in', keys[:1]) | selectattr('required') | list %}
{#- What is loaded as text has its marks already. -#}
{% set in_place = execute and is_read_in_place(input_name) %}
{% set doubted = untrusted(input_name, contract | selectattr('source_type', 'eq', 'VARCHAR') | list + passed) if in_place else [] %}
{% set harmless = harmless_shapes(input_name, doubted | rejectattr('name', 'in', references) | list, input_relation) %}
{% set identifying_columns = find_identifiers(input_name, doubted, doubtful_texts_in_place_sql(doubted, input_relation, references, parents, harmless)) %}
with

{% for column_name, parent in references.items() -%}
parents as materialized (

    select {{ column_name }} as parent_key from {{ parents }}

),

{% endfor -%}
{% for column in contract if column.get('unify') -%}
{{ column.name }}_spellings as materialized (

    select
        {{ column.name }}__text as spelling,
        first_value({{ column.name }}__text) over (
            partition by {{ spelling_key(column.name ~ '__text') }}
            order by sum(text_rows) desc, {{ column.name }}__text desc
        ) as usual_spelling
    from (
        select
            {{ trimmed('raw_text') }} as {{ column.name }}__text,
            text_rows
        from (
            select
                {{ kept_text(column.name, input_name, column, identifying_columns) }} as raw_text,
                text_rows
            from (
                select
                    {{ column.name }},
                    count(*) as text_rows
                from {{ input_relation }}
                group by 1
            ) as texts
        ) as kept_texts
    ) as trimmed_texts
    where not {{ is_placeholder(column) }}
    group by {{ column.name }}__text

),

{% endfor -%}
{% for column in contract if is_period_in_words(column) -%}
{{ column.name }}_periods as materialized (

    {{ periods_sql(column, input_relation, in_place) }}

),

{{ column.name }}_clean_periods as (

    {%- set clean = column.name ~ '__clean' %}
    select {{ clean }}
    from {{ column.name }}_periods
    where
        {{ column.name }}__typed between {{ limit(column, 'minimum') }} and {{ limit(column, 'maximum') }}
        and {{ clean }} = {{ trimmed(clean) }}
        {%- if column.get('placeholders') %}
        and not {{ is_listed(clean, column.placeholders) }}
        {%- endif %}

),

{% endfor -%}
{% if numbers -%}
number_evidence as (

    select
        source_file
        {%- for column in numbers %},
        {{ number_evidence(column) }}
        {%- endfor %}
    from (
        select
            source_file
            {%- for column in numbers %},
            {% if is_typed(column) -%} cast(null as varchar)
            {%- else -%}
            case when {{ column.name }} like '%.%' or {{ column.name }} like '%,%' then {{ trimmed(money_text(column.name) if column.get('money') else column.name) }} end
            {%- endif %} as {{ column.name }}__text
            {%- endfor %}
        from {{ input_relation }}
    ) as marked_numbers
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

number_formats as materialized (

    select
        source_file
        {%- for column in numbers %},
        {{ "'point'" if is_typed(column) else number_format(column, numbers) }} as {{ column.name }}__format
        {%- endfor %}
    from number_evidence_of_input

),

{% if written_numbers -%}
number_writing as (

    select
        bool_and(
            {%- for column in written_numbers %}
            {{ column.name }}__format in ('point', 'open'){{ ' and' if not loop.last }}
            {%- endfor %}
        ) as has_points
    from number_formats

),

{% endif -%}
{% endif -%}
doubtful_rows as materialized (

    select *
    from (
        select
            source_file,
            source_row,
            source_fault
            {%- for column in contract %},
            {{ column.name }} as {{ column.name }}__raw
            {%- endfor %}
            {%- for column in passed %},
            {{ column.name }}
            {%- endfor %}
        from {{ input_relation }}
    ) as input_rows
    where
        not coalesce(
            source_fault is null
            {%- for column in contract %}
            and {{ is_clean(column, references.get(column.name)) }}
            {%- if column.name in identifying_columns and column.type not in ('number', 'integer') and not column.get('unify') and column.name not in references %}
            and ({{ column.name }}__raw is null or {{ column.name }}__raw not in (select text from identifiers_in_{{ input_name }} where column_name = '{{ column.name }}'))
            {%- endif %}
            {%- endfor %}
            {%- for column in passed %}
            and ({{ column.name }} is null or {{ column.name }} = '' or {{ is_plain_text(column.name) }})
            {%- if column.name in identifying_columns %}
            and ({{ column.name }} is null or {{ column.name }} not in (select text from identifiers_in_{{ input_name }} where column_name = '{{ column.name }}'))
            {%- endif %}
            {%- endfor %},
            false
        )

),

raw_rows as (

    select
        source_file,
        source_row,
        source_fault
        {%- for column in contract %},
        {%- set text = column.name ~ '__raw' if not is_typed(column) else text_of_typed(column.name ~ '__raw', column.source_type, column, '.') %}
        case when source_fault is null then coalesce({{ kept_text(text, input_name, column, identifying_columns) if in_place else text }}, '') end
            as {{ column.name }}__raw
        {%- endfor %}
        {%- for column in passed %},
        {{ kept_text(column.name, input_name, column, identifying_columns) if in_place else column.name }} as {{ column.name }}
        {%- endfor %}
    from doubtful_rows

),

trimmed_rows as (

    select
        source_file,
        source_row,
        source_fault
        {%- for column in contract %},
        {{ column.name }}__raw,
        {{ trimmed(column.name ~ '__raw') }} as {{ column.name }}__text
        {%- endfor %}
        {%- for column in passed %},
        nullif({{ trimmed(column.name) }}, '') as {{ column.name }}
        {%- endfor %}
    from raw_rows

),

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

    {{ judged_rows_sql(contract) | indent(4) }}

),

valued as materialized (

    select
        source_file,
        source_row,
        false as is_clean,
        {{ judged_columns(contract, passed, keys, references) | indent(8) }}
    from judged

),

clean_rows as not materialized (

    {{ clean_rows_sql(contract, passed, input_relation, 'doubtful_rows', keys) }}

),

/* keys that may repeat, told by their first column, what else of them is alike among its rows by hashes, or by one hash */
repeated_keys as materialized (

    select {{ key_mark }} as repeated_key
    from (
        select {{ keys | join(', ') }} from clean_rows
        union all
        select {{ keys | join(', ') }} from valued
        where fault_rule is null
    ) as key_rows
    {#- A row without the key's first column repeats nothing. #}
    {%- if not has_every_key %}
    where {{ keys[0] }} is not null
    {%- endif %}
    group by {{ key_mark }}
    {%- if keys | length > 1 and key_mark == keys[0] %}
    having list_unique(list(cast(hash({{ keys[1:] | join(', ') }}) & 4294967295 as uinteger))) < count(*)
    {%- else %}
    having count(*) > 1
    {%- endif %}

),

rows_of_repeated_keys as (

    select
        *,
        true as is_clean,
        concat_ws(', ', {{ keys | join('__raw, ') }}__raw) as key_value
    from clean_rows
    where {{ keys[0] ~ ' is not null and ' if not has_every_key }}{{ key_mark }} in (select repeated_key from repeated_keys)
    union all by name
    select *
    from valued
    where fault_rule is null and {{ keys[0] ~ ' is not null and ' if not has_every_key }}{{ key_mark }} in (select repeated_key from repeated_keys)

),

keyed as (

    select
        *,
        row_number() over (key_rows) as key_occurrence,
        first_value(source_file) over (key_rows) as kept_file,
        first_value({{ other_values }}) over (key_rows) is distinct from {{ other_values }} as is_contradiction
    from rows_of_repeated_keys
    window key_rows as (partition by {{ keys | join(', ') }} order by source_file desc, source_row)
    union all by name
    select
        *,
        1 as key_occurrence
    from valued
    where fault_rule is not null or {{ keys[0] ~ ' is null or ' if not has_every_key }}{{ key_mark }} not in (select repeated_key from repeated_keys)

),

{% if references -%}
orphaned as (

    {{ orphaned_rows_sql(references) | indent(4) }}

),

{% endif -%}
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
        {{ rejection_columns(keys, references) | indent(8) }}
    from {{ 'orphaned' if references else 'keyed' }}
    where not (is_clean and key_occurrence = 1)

)

select * from checked
{% endmacro %}


{#- The rows of `typed`, with the fault of each value; null where it has none. -#}
{% macro judged_rows_sql(contract) -%}
select
    *
    {%- for column in contract %},
    case
        {{ fault_branches(column) }}
    end as {{ column.name }}__fault
    {%- endfor %}
from typed
{%- endmacro %}


{#- Of a row of `judged`: usable values, the repairs of each, what a rejection may quote of the row, and its first fault. -#}
{% macro judged_columns(contract, passed, keys, references) -%}
{%- for column in contract %}
case when {{ column.name }}__fault is null then {{ column.name }}__typed end as {{ column.name }},
{{ repairs_expression(column) }} as {{ column.name }}__repairs,
{%- endfor %}
{%- for column in passed %}
{{ column.name }},
{%- endfor %}
{%- if references %}
{{ references.keys() | first }}__raw as orphan_value,
{%- endif %}
concat_ws(', ', {{ keys | join('__raw, ') }}__raw) as key_value,
{{ first_fault(contract) }}
{%- endmacro %}


{#- The rows of `keyed`, and whether the row that each refers to is missing among `parents`. -#}
{% macro orphaned_rows_sql(references) -%}
select
    keyed.*,
    parents.parent_key is null as is_orphan
from keyed
left join parents
    on keyed.{{ references.keys() | first }} = parents.parent_key
{%- endmacro %}


{#- Where, for which value, by which rule and why a row is rejected, from its fault, its key and whether it is an orphan. -#}
{% macro rejection_columns(keys, references) -%}
{%- set key_columns = keys | join(', ') %}
{%- set orphan_column = references.keys() | first if references %}
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
    when key_occurrence > 1 then key_value
    {%- if orphan_column %}
    when is_orphan then orphan_value
    {%- endif %}
end
{%- endset %}
{{ masked_text(reject_value) }} as reject_value,
case
    when fault_rule is not null then fault_rule
    when key_occurrence > 1 and source_file < kept_file then 'replaced'
    when key_occurrence > 1 and is_contradiction then 'contradictory_key'
    when key_occurrence > 1 then 'repeated_key'
    {%- if orphan_column %}
    when is_orphan then 'orphan'
    {%- endif %}
end as reject_rule,
case
    when fault_rule is not null then fault_reason
    when key_occurrence > 1 and source_file < kept_file then {{ sql_text(key_reasons().replaced) }}
    when key_occurrence > 1 and is_contradiction
        then {{ sql_text(key_reasons().contradictory_key) }}
    when key_occurrence > 1 then {{ sql_text(key_reasons().repeated_key) }}
    {%- if orphan_column %}
    when is_orphan then {{ sql_text('has no usable row in the input ' ~ references.values() | first) }}
    {%- endif %}
end as reject_reason
{%- endmacro %}


{#- Why a row with a key that another one has is not used: rule -> words. -#}
{% macro key_reasons() %}
    {{ return({
        'replaced': 'has a key that a later file has too; the later file is kept',
        'contradictory_key': 'repeats a key that an earlier row of its file has with other values, so two may be under one key; the first row is kept',
        'repeated_key': 'repeats a key that an earlier row of its file has; the first row is kept'
    }) }}
{% endmacro %}
