{#-
    The cleaning of one input, generated from its contract (seeds/inputs/_inputs.yml). One row out for
    each row in: the typed values, per column the repairs made (`<column>__repairs`, rule names in
    commas), and the first fault that the row cannot be used with (`reject_column`, `reject_value`,
    `reject_rule`, `reject_reason`; null for a usable row).
-#}
{% macro check_input_sql(input_name) %}
{% set contract = input_contract(input_name) if execute else [] %}
{% set meta = input_node(input_name).config.meta if execute else {'unique_key': []} %}
{% set references = meta.get('references', {}) %}
{#- Parents must be known before the graph is. -#}
{% set input_relation = ref(input_name) %}
{% if input_name == 'spends' and is_input_enabled('customers') %}
    {% set parent_relations = {'customers': ref('stg_customers__checked_rows')} %}
{% else %}
    {% set parent_relations = {} %}
{% endif %}
with

raw_rows as (

    select * from {{ input_relation }}

),

{% for column in contract if column.get('unify') -%}
{{ column.name }}_spellings as (

    select
        {{ spelling_key(column.name) }} as spelling_key,
        trim({{ column.name }}) as spelling,
        row_number() over (
            partition by {{ spelling_key(column.name) }}
            order by count(*) desc, trim({{ column.name }}) desc
        ) as spelling_rank
    from raw_rows
    where trim({{ column.name }}) <> ''
    group by 1, 2

),

{% endfor -%}
cleaned as (

    select
        raw_rows.source_file,
        raw_rows.source_row,
        raw_rows.source_fault
        {%- for column in contract %},
        raw_rows.{{ column.name }} as {{ column.name }}__raw,
        {{ cleaned_expression(column) }} as {{ column.name }}__clean
        {%- endfor %}
    from raw_rows
    {%- for column in contract if column.get('unify') %}
    left join {{ column.name }}_spellings
        on {{ spelling_key('raw_rows.' ~ column.name) }} = {{ column.name }}_spellings.spelling_key
        and {{ column.name }}_spellings.spelling_rank = 1
    {%- endfor %}

),

typed as (

    select
        *
        {%- for column in contract %},
        {{ typed_expression(column) }} as {{ column.name }}__typed
        {%- endfor %}
    from cleaned

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
            order by source_file, source_row
        ) as key_occurrence
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
        case
            when fault_rule is not null then fault_value
            when key_occurrence > 1 then {{ key_value }}
            {%- if orphan_column %}
            when is_orphan then {{ orphan_column }}__raw
            {%- endif %}
        end as reject_value,
        case
            when fault_rule is not null then fault_rule
            when key_occurrence > 1 then 'repeated_key'
            {%- if orphan_column %}
            when is_orphan then 'orphan'
            {%- endif %}
        end as reject_rule,
        case
            when fault_rule is not null then fault_reason
            when key_occurrence > 1 then 'repeats a key that an earlier row has; the first row is kept'
            {%- if orphan_column %}
            when is_orphan then {{ sql_text('has no usable row in the input ' ~ references.values() | first) }}
            {%- endif %}
        end as reject_reason
    from keyed

)

select * from checked
{% endmacro %}


{#- What a column's text is compared by when spellings are unified. -#}
{% macro spelling_key(column_name) -%}
    lower(regexp_replace(trim({{ column_name }}), '[ _]+', ' ', 'g'))
{%- endmacro %}


{#- The text that is to be typed: blanks, marks, separators and placeholders gone; null where nothing is left. -#}
{% macro cleaned_expression(column) -%}
    {%- set text = 'trim(raw_rows.' ~ column.name ~ ')' -%}
    {%- if column.get('unify') -%}
        {%- set clean = 'coalesce(' ~ column.name ~ '_spellings.spelling, ' ~ text ~ ')' -%}
    {%- else -%}
        {%- set clean = text -%}
    {%- endif -%}
    {%- if column.get('strip') -%}
        {%- set clean = 'trim(' ~ clean ~ ', ' ~ sql_text(column.strip) ~ ')' -%}
    {%- endif -%}
    {%- if column.type in ('number', 'integer') -%}
        {%- set clean = "case when regexp_matches(" ~ clean ~ ", '" ~ thousands_pattern() ~ "') then replace(" ~ clean ~ ", ',', '') else " ~ clean ~ " end" -%}
    {%- endif -%}
    {%- if column.get('placeholders') -%}
        case when {{ text }} in ({{ sql_list(column.placeholders) }}) then null else nullif({{ clean }}, '') end
    {%- else -%}
        nullif({{ clean }}, '')
    {%- endif -%}
{%- endmacro %}


{% macro sql_list(values) -%}
    {%- for value in values -%}{{ sql_text(value) }}{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}


{% macro thousands_pattern() -%}
    ^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$
{%- endmacro %}


{#- The value in its type; null where the text cannot be read as one. -#}
{% macro typed_expression(column) -%}
    {%- set clean = column.name ~ '__clean' -%}
    {%- set is_number = "regexp_matches(" ~ clean ~ ", '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$')" -%}
    {%- if column.type == 'number' -%}
        case when {{ is_number }} then try_cast({{ clean }} as double) end
    {%- elif column.type == 'integer' -%}
        {#- 23.0 is a whole number, 23.5 is not and stays unread -#}
        case when {{ is_number }} and try_cast({{ clean }} as double) = floor(try_cast({{ clean }} as double)) then try_cast(try_cast({{ clean }} as double) as bigint) end
    {%- elif column.type == 'month' -%}
        {{ month_from_text(clean) }}
    {%- elif column.type == 'duration_months' -%}
        coalesce(
            try_cast({{ clean }} as bigint),
            try_cast(nullif(regexp_extract({{ clean }}, '^([0-9]+) Years? and ([0-9]+) Months?$', 1), '') as bigint) * 12
            + try_cast(nullif(regexp_extract({{ clean }}, '^([0-9]+) Years? and ([0-9]+) Months?$', 2), '') as bigint)
        )
    {%- elif column.get('accepted') -%}
        case lower({{ clean }})
            {%- for value in column.accepted %} when {{ sql_text(value | lower) }} then {{ sql_text(value) }}{% endfor %} end
    {%- else -%}
        {{ clean }}
    {%- endif -%}
{%- endmacro %}


{#- The first day of a month, from its name (in the year of `spends_year`), YYYY-MM or a date. -#}
{% macro month_from_text(text) -%}
    case
        {%- for name in ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'] %}
        when lower({{ text }}) in ('{{ name }}', '{{ name[:3] }}') then cast('{{ var("spends_year") | int }}-{{ '%02d' | format(loop.index) }}-01' as date)
        {%- endfor %}
        when regexp_matches({{ text }}, '^[0-9]{4}-[0-9]{2}$') then try_cast(concat({{ text }}, '-01') as date)
        else cast({{ dbt.date_trunc('month', 'try_cast(' ~ text ~ ' as date)') }} as date)
    end
{%- endmacro %}


{#- Branches of a case expression: the rule that a value breaks. Order matters, the first one counts. -#}
{% macro fault_branches(column) -%}
    {%- set clean = column.name ~ '__clean' -%}
    {%- set typed = column.name ~ '__typed' -%}
    {%- if column.required %}
            when {{ clean }} is null then 'missing'
    {%- endif %}
            when {{ clean }} is not null and {{ typed }} is null then 'unreadable'
    {%- if 'minimum' in column %}
            when {{ typed }} < {{ column.minimum }} or {{ typed }} > {{ column.maximum }} then 'out_of_range'
    {%- endif %}
{%- endmacro %}


{% macro is_clearable(column) %}
    {{ return(column.get('invalid') == 'clear') }}
{% endmacro %}


{#- The rules that changed a value, in commas; null where it stands as it came. -#}
{% macro repairs_expression(column) -%}
    {%- set raw = column.name ~ '__raw' -%}
    {%- set clean = column.name ~ '__clean' -%}
    {%- set fault = column.name ~ '__fault' -%}
    nullif(concat_ws(',',
            case when {{ raw }} <> trim({{ raw }}) then 'blanks_trimmed' end
            {%- if column.get('placeholders') %},
            case when trim({{ raw }}) in ({{ sql_list(column.placeholders) }}) then 'placeholder_cleared' end
            {%- endif %}
            {%- if column.get('strip') %},
            case when trim({{ raw }}) <> trim(trim({{ raw }}), {{ sql_text(column.strip) }}) then 'mark_removed' end
            {%- endif %}
            {%- if column.type in ('number', 'integer') %},
            case when regexp_matches(trim({{ raw }}), '{{ thousands_pattern() }}') then 'thousands_separator_removed' end
            {%- endif %}
            {%- if column.get('unify') %},
            case when trim({{ raw }}) <> {{ clean }} then 'spelling_unified' end
            {%- endif %}
            {%- if column.get('accepted') %},
            case when {{ clean }} <> {{ column.name }}__typed then 'spelling_unified' end
            {%- endif %}
            {%- if is_clearable(column) %},
            case when {{ fault }} is not null then concat({{ fault }}, '_cleared') end
            {%- endif %}
        ), '')
{%- endmacro %}


{#- Columns fault_column, fault_value, fault_rule, fault_reason: the first thing a row is rejected for. -#}
{% macro first_fault(contract) -%}
    {%- for part in ['column', 'value', 'rule', 'reason'] -%}
        case
            when source_fault is not null then {{ {'column': "'(row)'", 'value': 'cast(null as varchar)', 'rule': "'row_shape'", 'reason': 'source_fault'}[part] }}
            {%- for column in contract if not is_clearable(column) %}
            when {{ column.name }}__fault is not null then {{ fault_part(column, part) }}
            {%- endfor %}
        end as fault_{{ part }}{{ ',' if not loop.last }}
        {% endfor -%}
{%- endmacro %}


{% macro fault_part(column, part) -%}
    {%- if part == 'column' -%}
        {{ sql_text(column.name) }}
    {%- elif part == 'value' -%}
        {{ column.name }}__raw
    {%- elif part == 'rule' -%}
        {{ column.name }}__fault
    {%- else -%}
        {%- set kinds = {'text': 'a text', 'number': 'a number', 'integer': 'a whole number', 'month': 'a month name, YYYY-MM or a date', 'duration_months': 'a duration such as 22 Years and 9 Months'} -%}
        {%- set wanted = 'one of ' ~ column.accepted | join(', ') if column.get('accepted') else kinds[column.type] -%}
        case {{ column.name }}__fault
            when 'missing' then 'is empty, but every row needs it'
            when 'unreadable' then {{ sql_text('is not ' ~ wanted) }}
            {%- if 'minimum' in column %}
            when 'out_of_range' then {{ sql_text('is outside ' ~ column.minimum ~ ' to ' ~ column.maximum) }}
            {%- endif %}
        end
    {%- endif -%}
{%- endmacro %}
