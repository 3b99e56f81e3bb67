{#-
    The inputs on Spark: tables and Parquet files, each read where it is through a view with the contract's columns. A
    bank that needs Spark has its data there, so texts are cleaned as on DuckDB, but numbers and dates are those of typed
    columns, or texts in the usual writing, and what may identify a person stops the build.
-#}
{% macro input_on_spark(input_name) %}
    {% if input_model(input_name) %}
        {% do raise_error("The input '" ~ input_name ~ "' is a model in input_models, which only DuckDB reads: name the table of that model in the variable input_relations." ~ input_name ~ " instead.") %}
    {% endif %}
    {% set relation = input_relation_name(input_name) %}
    {% set named = (var('inputs') or {}).get(input_name) %}
    {% if relation is not none %}
        {{ return({'path': relation, 'relation': relation, 'is_table': true}) }}
    {% endif %}
    {% set path = named or (var('input_dir') ~ '/' ~ input_name ~ '.parquet' if var('input_dir') else bundled_input_path(input_name)) %}
    {% if path is not string or modules.re.search('[.](csv|csv[.]gz|csv[.]zst|txt|json|xlsx?)$', path | lower) or '*' in path or '`' in path %}
        {% do raise_error("The input '" ~ input_name ~ "' would be read from " ~ path ~ ", but Spark reads tables and Parquet files alone: write it as Parquet, a file or a folder of files, and name that in the variable inputs." ~ input_name ~ " or put it as " ~ input_name ~ ".parquet into input_dir, or build with DuckDB.") %}
    {% endif %}
    {{ return({'path': path, 'relation': 'parquet.`' ~ path ~ '`', 'is_table': false}) }}
{% endmacro %}


{#- The seeds on Spark: the inputs as views, all others as dbt loads them. -#}
{% materialization seed, adapter='spark' %}
    {% if 'inputs' not in model.fqn %}
        {% do validate_seed_columns(model, load_agate_table().column_names) %}
        {{ return(dbt.materialization_seed_default()) }}
    {% endif %}

    {% set source = input_on_spark(model.name) %}
    {% set contract = input_contract(model.name) + passed_columns(model.name) %}
    {% set columns = adapter.get_column_schema_from_query('select * from ' ~ source.relation) %}
    {% set names = columns | map(attribute='name') | list %}
    {% set file = {
        'path': source.path, 'names': names, 'shown_names': names, 'types': columns | map(attribute='dtype') | list, 'partitions': {}
    } %}
    {% do file.update(match_header(model.name, contract, file)) %}
    {% do raise_problems(file.problems + pass_through_problems(model.name)) %}
    {% set target_relation = this.incorporate(type='view') %}

    {{ run_hooks(pre_hooks) }}
    {% call statement('main') %}
create or replace view {{ target_relation }} as
select
    {%- for column in contract %}
    {{ value_on_spark(column, file) }} as {{ column.name }},
    {%- endfor %}
    {%- if source.is_table %}
    {{ sql_text(source.path) }} as source_file,
    monotonically_increasing_id() + 1 as source_row,
    {%- else %}
    regexp_replace(_metadata.file_path, '^file:/+', '/') as source_file,
    _metadata.row_index + 1 as source_row,
    {%- endif %}
    cast(null as string) as source_fault
from {{ source.relation }}
    {% endcall %}
    {% if not run_query('select 1 from ' ~ target_relation ~ ' limit 1').rows %}
        {% do raise_error(no_rows_sentence(model.name, source.path)) %}
    {% endif %}
    {% do raise_identifiers_on_spark(model.name, contract, target_relation) %}
    {#- The seed runner wants a table of this name. -#}
    {% do store_raw_result(
        'agate_table', message='OK', code='OK', rows_affected=0, agate_table=run_query('select * from ' ~ target_relation ~ ' limit 10')
    ) %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#-
    Stops where a text looks like an identifier of a person. What it may be after all, such as a customer number of the
    bank's own, is not told apart by check digits as on DuckDB, so the bank says it in trusted_columns.
-#}
{% macro raise_identifiers_on_spark(input_name, contract, relation) %}
    {% set columns = untrusted(input_name, contract) | selectattr('type', 'in', ['id', 'text']) | list %}
    {% set counts, problems = [], [] %}
    {% for column in columns %}
        {% do counts.append('count_if(' ~ may_identify_a_person(column.name) ~ ')') %}
    {% endfor %}
    {% set found = run_query('select ' ~ counts | join(', ') ~ ' from ' ~ relation).rows[0] if columns else [] %}
    {% for column in columns %}
        {% set rows, name = found[loop.index0] | int, column.get('attribute') or column.name %}
        {% if rows %}
            {% set example = query_value(
                "min(concat('row ', source_row, ' of ', source_file, ' has ', " ~ masked_text(column.name) ~ ")) from " ~ relation
                ~ " where " ~ may_identify_a_person(column.name)
            ) %}
            {% do problems.append(
                "The column " ~ name ~ " of the input '" ~ input_name ~ "' has what may be identifiers of persons, which are never loaded, " ~ '{:,}'.format(rows) ~ " times: " ~ example
                ~ " (9 for a digit, x for a letter). Replace them by numbers of your own, or " ~ trust_sentence(input_name, name)
            ) %}
        {% endif %}
    {% endfor %}
    {% do raise_problems(problems) %}
{% endmacro %}


{#-
    Told from the shape of a text, in which digits are 9 and letters x or X: an e-mail address, eight digits or more that
    follow no letter and are no date, a card's number behind letters, or an account's or a national number with letters.
-#}
{% macro may_identify_a_person(text) -%}
    {%- set words = [
        '(9[^9Xx]{0,3}){7,}9',
        '[Xx]{1,10}[ :#_-]*9{13,19}',
        '[Xx]{2}99[ .-]?([9Xx]{4}[ .-]?){2,}[9Xx]{3}[9Xx ]*',
        '[Xx]{5}9{4}[Xx]',
        '[Xx]{3} ?[Xx]{3} ?99[Xx] ?99 ?[Xx] ?999[Xx]',
        '[Xx]{4}9{6}[Xx]{6}[9Xx]9',
        '([Xx]{2}[ -]?99[ -]?99[ -]?99[ -]?|9{7,17}-?)[Xx]',
        '9{6}[-+Xx]9{3}[9Xx]'
    ] -%}
    {%- set harmless = '^(9{4}[-/.]9{1,2}[-/.]9{1,2}([ Xx][9:.]+.{0,6})?|[9Xx]{8}(-?[9Xx]{4}){3}-?[9Xx]{12})$' -%}
    (
        {{ matches(masked_text(text, none), '[^@ ][@\uff20\ufe6b][^@ ]+[.\uff0e][Xx]|(^|[^9Xx])(' ~ words | join('|') ~ ')($|[^9Xx])') }}
        and not {{ matches(masked_text(text, none), harmless) }}
        {#- letters that a number of Singapore or a foreigner's of Spain begins with #}
        or {{ matches(text, '(?i)(^|[^0-9A-Z])[STFGMXYZ][0-9]{7}[A-Z]($|[^0-9A-Z])') }}
    )
{%- endmacro %}


{#- A column of the contract in its own type where it is of the contract's kind, else as a text. -#}
{% macro value_on_spark(column, file) -%}
    {%- set position = file.positions.get(column.name) -%}
    {%- if position is none -%}
        cast(null as string)
    {%- else -%}
        {%- set value = adapter.quote(file.names[position]) -%}
        {%- set type = file.types[position] -%}
        {%- set is_number = modules.re.match('tinyint|smallint|int|bigint|float|double|decimal', type) is not none -%}
        {%- if column.type in ('number', 'integer', 'duration_months') and is_number -%}
            {{ value }}
        {%- elif column.type in ('month', 'time') and type in ('date', 'timestamp', 'timestamp_ntz') -%}
            cast({{ value }} as timestamp_ntz)
        {%- elif type in ('float', 'double') and column.type == 'id' -%}
            {#- an identifier that another program holds as 1001.0 is 1001 -#}
            coalesce(cast(cast(case when {{ value }} = floor({{ value }}) then {{ value }} end as bigint) as string), cast({{ value }} as string))
        {%- else -%}
            cast({{ value }} as string)
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- CTEs up to `judged`: the values of all rows, typed, with the repairs of each and its fault. -#}
{% macro judged_on_spark(input_name, columns, relation) -%}
{%- set passed = passed_columns(input_name) -%}
{% for column in columns if column.get('unify') -%}
{{ column.name }}_spellings as (

    select
        spelling,
        first_value(spelling) over (partition by {{ spelling_key('spelling') }} order by text_rows desc, spelling desc)
            as usual_spelling
    from (
        select
            {{ column.name }}__text as spelling,
            count(*) as text_rows
        from (select {{ trimmed(column.name) }} as {{ column.name }}__text from {{ relation }}) as texts
        where not {{ is_placeholder(column) }}
        group by {{ column.name }}__text
    ) as counted

),

{% endfor -%}
trimmed_rows as (

    select
        source_file,
        source_row,
        source_fault
        {%- for column in columns %},
        coalesce(cast({{ column.name }} as string), '') as {{ column.name }}__raw,
        {{ trimmed("coalesce(cast(" ~ column.name ~ " as string), '')") }} as {{ column.name }}__text,
        {{ column.name }} as {{ column.name }}__own
        {%- endfor %}
        {%- for column in passed %},
        nullif({{ trimmed(column.name) }}, '') as {{ column.name }}
        {%- endfor %}
    from {{ relation }}

),

cleaned as (

    select
        trimmed_rows.*
        {%- for column in columns %},
        {{ cleaned_expression(column) }} as {{ column.name }}__clean,
        false as {{ column.name }}__is_ambiguous
        {%- endfor %}
    from trimmed_rows
    {%- for column in columns if column.get('unify') %}
    left join {{ column.name }}_spellings
        on trimmed_rows.{{ column.name }}__text = {{ column.name }}_spellings.spelling
    {%- endfor %}

),

typed as (

    select
        *
        {%- for column in columns %},
        {%- set own, clean = column.name ~ '__own', column.name ~ '__clean' %}
        {% if column.type == 'number' -%} try_cast({{ own if is_typed(column) else clean }} as double)
        {%- elif column.type == 'integer' or (column.type == 'duration_months' and is_typed(column)) -%}
        {%- set number = 'try_cast(' ~ (own if is_typed(column) else clean) ~ ' as double)' -%}
        case when {{ number }} = floor({{ number }}) then cast({{ number }} as bigint) end
        {%- elif column.type == 'month' and is_typed(column) -%} cast(trunc({{ own }}, 'month') as date)
        {%- elif column.type == 'time' and is_typed(column) -%} {{ own }}
        {%- else -%} {{ typed_expression(column) }}
        {%- endif %} as {{ column.name }}__typed
        {%- endfor %}
    from cleaned

),

judged as (

    {{ judged_rows_sql(columns) | indent(4) }}

)
{%- endmacro %}


{#- As on DuckDB: a row for each that was repaired or rejected. -#}
{% macro spark__check_input_sql(input_name, input_relation, parents) %}
{% set columns = source_columns(input_name) if execute else [] %}
{% set meta = input_node(input_name).config.meta if execute else {'unique_key': []} %}
{% set references = meta.get('references', {}) if parents else {} %}
{% set passed = passed_columns(input_name) %}
{% set keys = meta.unique_key %}
{% set orphan_column = references.keys() | first if references %}
{% set other_values = 'struct(' ~ columns | map(attribute='name') | reject('in', keys) | join(', ') ~ ')' %}
with

{% if references -%}
parents as (

    select distinct {{ orphan_column }} as parent_key from {{ parents }}

),

{% endif -%}
{{ judged_on_spark(input_name, columns, input_relation) }},

valued as (

    select
        source_file,
        source_row,
        {{ judged_columns(columns, passed, keys, references) | indent(8) }}
    from judged

),

keyed as (

    select
        valued.*,
        {%- set key_rows %} over (
            partition by fault_rule is null, {{ keys | join(', ') }}
            order by source_file desc, source_row asc
        ){% endset %}
        case when fault_rule is null and {{ keys[0] }} is not null then row_number(){{ key_rows }} else 1 end as key_occurrence,
        first_value(source_file){{ key_rows }} as kept_file,
        first_value({{ other_values }}){{ key_rows }} is distinct from {{ other_values }} as is_contradiction
    from valued

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
        {%- for column in columns %}
        {{ column.name }},
        {{ column.name }}__repairs,
        {%- endfor %}
        {%- for column in passed %}
        {{ column.name }},
        {%- endfor %}
        {{ rejection_columns(keys, references) | indent(8) }}
    from {{ 'orphaned' if references else 'keyed' }}

)

select * from checked
where
    reject_rule is not null
    {%- for column in columns %}
    or {{ column.name }}__repairs is not null
    {%- endfor %}
{% endmacro %}


{#- As on DuckDB: the rows that stand as they are, and those that passed their examination. -#}
{% macro spark__usable_rows_sql(input_name, input_relation, examined) %}
{% set columns = source_columns(input_name) if execute else [] %}
{% set passed = passed_columns(input_name) %}
with

{{ judged_on_spark(input_name, columns, input_relation) }}

select
    judged.source_file,
    judged.source_row
    {%- for column in columns %},
    judged.{{ column.name }}__typed as {{ column.name }}
    {%- endfor %}
    {%- for column in passed %},
    judged.{{ column.name }}
    {%- endfor %}
from judged
left anti join {{ examined }} as examined
    on
        judged.source_file = examined.source_file
        and judged.source_row = examined.source_row
union all
{{ repaired_rows_sql(columns + passed, examined) }}
{% endmacro %}


{#- The columns of the contract with their types in the view, under DuckDB's name for a text. -#}
{% macro spark__source_columns(input_name) %}
    {% set types = {} %}
    {% for row in run_query('describe table ' ~ relation_of(input_name)).rows %}
        {% do types.update({row[0]: 'VARCHAR' if row[1] == 'string' else row[1] | upper}) %}
    {% endfor %}
    {% set columns = [] %}
    {% for column in input_contract(input_name) %}
        {% do columns.append(dict(column, source_type=types.get(column.name, 'VARCHAR'))) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
