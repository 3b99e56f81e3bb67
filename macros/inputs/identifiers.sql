{#-
    What identifies a person must not be kept. Which values do is found before the rows are loaded; they are in a
    temporary table, `identifiers_in_<input>`: column_name, text, mark.

    Only doubtful values are looked at, each once, by card_segments/inputs/identifiers.py. One number in ten has the
    check digit of a card by chance, so ten or more values of one shape (9999-9999) in one column are judged together,
    by 500 of them: all are identifiers where nine in ten pass, none where fewer do. Of rarer shapes those that pass are,
    but not where most of ten or more that differ in the lengths of their groups (9-9) do not pass.
-#}
{% macro find_identifiers(input_name, columns, texts_sql) %}
    {% if columns %}
        {% do run_query(recognised_texts_sql(input_name, columns, texts_sql)) %}
        {% do run_query(find_identifiers_sql(input_name, columns, texts_sql)) %}
        {% do run_query("drop table recognised_in_" ~ input_name) %}
        {{ return(run_query("select distinct column_name from identifiers_in_" ~ input_name).columns[0].values() | list) }}
    {% endif %}
    {{ return([]) }}
{% endmacro %}


{#-
    Looks at the texts of files in one pass. Returns the columns in which some identify persons, and whether the texts
    of all numbers are clean. Texts stand often, so each different one is examined once; numbers are examined as they
    come, most at a glance.
-#}
{% macro look_at_texts(input_name, columns, files) %}
    {% set doubted = untrusted(input_name, columns) %}
    {% set numbers = columns | selectattr('type', 'in', ['number', 'integer']) | list %}
    {% do run_query(texts_looked_at_sql(input_name, doubted, numbers, '(' ~ read_files_sql(columns, files) ~ ') as input_rows')) %}
    {% set identifying_columns = find_identifiers(input_name, doubted, doubtful_texts_sql(input_name, doubted)) %}
    {% set are_numbers_clean = query_value("are_numbers_clean from texts_of_" ~ input_name) %}
    {% do run_query("drop table texts_of_" ~ input_name) %}
    {{ return((identifying_columns, are_numbers_clean)) }}
{% endmacro %}


{#- One row: of each column in doubt its different texts, or doubtful numbers, in a list; and are_numbers_clean. -#}
{% macro texts_looked_at_sql(input_name, doubted, numbers, relation) -%}
create or replace temp table texts_of_{{ input_name }} as
select
    {%- for column in doubted %}
    list(distinct {{ column.name }})
    {%- if column in numbers %} filter (where case when {{ may_be_doubtful(column.name) }} then {{ is_doubtful(column.name, column) }} end)
    {%- endif %} as {{ column.name }},
    {%- endfor %}
    true
    {%- for column in numbers %}
    and bool_and(coalesce({{ is_clean(dict(column, source_type='VARCHAR'), has_points='false' if var('decimal_mark') == ',' else 'true') }}, false))
    {%- endfor %} as are_numbers_clean
from (
    select
        *
        {%- for column in numbers %},
        {{ column.name }} as {{ column.name }}__raw
        {%- endfor %}
    from {{ relation }}
) as named_rows
{%- endmacro %}


{#- The doubtful ones of these texts, each once: column_name, text. -#}
{% macro doubtful_texts_sql(input_name, columns) -%}
    {% for column in columns %}
    select
        '{{ column.name }}' as column_name,
        text
    from (select unnest({{ column.name }}) as text from texts_of_{{ input_name }}) as texts
    {%- if column.type not in ('number', 'integer') %}
    where {{ is_doubtful('text', column) }}
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}


{#- What every doubtful text is, and cheap to tell: long, or not of ASCII, or with an at sign. -#}
{% macro may_be_doubtful(expression) -%}
    strlen({{ expression }}) > 7 or strlen({{ expression }}) <> length({{ expression }}) or contains({{ expression }}, '@')
{%- endmacro %}


{#-
    column -> a pattern of the shapes that are none of persons, as one row in 64 shows: nearly unique identifiers are as
    many as rows, and to tell the shape of each takes longer than to read them all. By so many, and so clearly, that all
    rows would not say otherwise.
-#}
{% macro harmless_shapes(input_name, columns, relation) %}
    {% set patterns_sql %}
select
    column_name,
    string_agg(shape_pattern, '|' order by shape_pattern) as pattern
from (
    select
        column_name,
        replace(replace(replace(regexp_escape(judged_shape), '9', '[0-9]'), 'X', '[A-Z]'), 'x', '[a-z]') as shape_pattern
    from recognised_in_{{ input_name }}
    where is_frequent and regexp_full_match(judged_shape, '[ -~]*')
    group by
        column_name,
        judged_shape
    having count(*) >= 100 and avg(cast(kind <> '' as integer)) < 0.5
    qualify row_number() over (partition by column_name order by judged_shape) <= 50
) as shapes
group by column_name
    {% endset %}
    {% set patterns = {} %}
    {% if columns %}
        {% set some_rows = 'some_of_' ~ input_name %}
        {% do run_query("create or replace temp table " ~ some_rows ~ " as select * from " ~ relation ~ " where hash(source_row) % 64 = 0") %}
        {% do run_query(recognised_texts_sql(input_name, columns, doubtful_texts_in_place_sql(columns, some_rows, {}, none, {}))) %}
        {% do run_query("drop table " ~ some_rows) %}
        {% for row in run_query(patterns_sql).rows %}
            {% do patterns.update({row[0]: row[1]}) %}
        {% endfor %}
    {% endif %}
    {{ return(patterns) }}
{% endmacro %}


{#-
    The same of rows that are read in place, where texts stand often. Of a column whose values others have in the relation
    `parents`, those are none; some of them show what is usual. What has a harmless shape is none either.
-#}
{% macro doubtful_texts_in_place_sql(columns, relation, references, parents, harmless) -%}
    {% for column in columns %}
    select
        '{{ column.name }}' as column_name,
        text
    from (
        select
            {{ column.name }} as text,
            count(*) as text_rows
        from {{ relation }}
        {%- if column.name in references %}
        where {{ column.name }} not in (select {{ column.name }} from {{ parents }})
        {%- elif column.name in harmless %}
        where not regexp_full_match({{ column.name }}, {{ sql_text(harmless[column.name]) }})
        {%- endif %}
        group by {{ column.name }}
        {%- if column.name in references %}
        union all
        (select {{ column.name }}, 1 from {{ parents }} order by hash({{ column.name }}) limit 500)
        {%- endif %}
    ) as different_texts
    where {{ once_a_text(is_doubtful('text', column)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}


{% macro untrusted(input_name, columns) %}
    {% set trusted = (var('trusted_columns') or {}).get(input_name) or [] %}
    {{ return(columns | rejectattr('name', 'in', trusted) | rejectattr('attribute', 'in', trusted) | list) }}
{% endmacro %}


{#- What to do about a column that is taken for identifiers of persons and holds something else. -#}
{% macro trust_sentence(input_name, column) %}
    {{ return("name the column in trusted_columns." ~ input_name ~ " ('" ~ column ~ "') if its values are numbers of your own that only look like that.") }}
{% endmacro %}


{#- Texts with their shapes. -#}
{% macro shaped_texts_sql(columns, texts_sql) -%}
select
    column_name,
    text,
    {{ masked_text('text', none) }} as shape,
    case column_name
        {%- for column in columns %} when '{{ column.name }}' then '{{ column.type }}'{% endfor %} end as column_type
from ({{ texts_sql }}) as texts
{%- endmacro %}


{#- Of each shape so many texts as show what is usual, and what they are. Nothing is sorted or kept, for identifiers are as many as rows. -#}
{% macro recognised_texts_sql(input_name, columns, texts_sql) -%}
create or replace temp table recognised_in_{{ input_name }} as
with

shaped as not materialized (

    {{ shaped_texts_sql(columns, texts_sql) }}

),

shown as (

    select
        column_name,
        shape,
        column_type,
        unnest(arg_min(text, hash(text), 500)) as text
    from shaped
    group by
        column_name,
        shape,
        column_type

)

select
    column_name,
    text,
    find_identifier(text, column_type) as kind,
    count(*) over (partition by column_name, shape) >= 10 as is_frequent,
    case
        when is_frequent then shape
        else regexp_replace(regexp_replace(shape, '9+', '9', 'g'), '[xX]+', 'x', 'g')
    end as judged_shape
from shown
{%- endmacro %}


{#- All texts are looked at again only where those of a shape are identifiers. -#}
{% macro find_identifiers_sql(input_name, columns, texts_sql) -%}
{%- set judged_shapes_sql %}
select
    column_name,
    is_frequent,
    judged_shape,
    mode(kind) filter (where kind <> '') as usual_kind,
    count(*) as texts,
    count(*) filter (where kind <> '') / count(*) as recognised_share
from recognised_in_{{ input_name }}
group by
    column_name,
    is_frequent,
    judged_shape
{%- endset -%}
create or replace temp table identifiers_in_{{ input_name }} as
with

judged as (

    {{ judged_shapes_sql }}

)

select
    recognised.column_name,
    recognised.text,
    concat('[', recognised.kind, ']') as mark
from recognised_in_{{ input_name }} as recognised
inner join judged
    on
        recognised.column_name = judged.column_name
        and recognised.judged_shape = judged.judged_shape
        and not (recognised.is_frequent or judged.is_frequent)
where recognised.kind <> '' and (judged.texts < 10 or judged.recognised_share >= 0.5)
{%- if execute and run_query("select 1 from (" ~ judged_shapes_sql ~ ") as judged where is_frequent and recognised_share >= 0.9 limit 1").rows %}
union all
select
    shaped.column_name,
    shaped.text,
    concat('[', judged.usual_kind, ']') as mark
from ({{ shaped_texts_sql(columns, texts_sql) }}) as shaped
inner join judged
    on
        shaped.column_name = judged.column_name
        and shaped.shape = judged.judged_shape
where judged.is_frequent and judged.recognised_share >= 0.9
{%- endif %}
{%- endmacro %}


{#-
    Whether a text may hold an identifier: an at sign, eight digits with little between them, digits before a letter as
    in national numbers, or four digits of any script beside other signs. Amounts in columns of numbers and UUIDs are
    passed over.
-#}
{% macro is_doubtful(expression, column) -%}
    {%- set figure = '([0-9]{0,12}|[0-9]{1,3}([,.][0-9]{2,3})+|[0-9]{1,3}([ \'\u2019\u00a0\u202f][0-9]{3})+)([.,][0-9]*)?([eE][+-]?[0-9]+)?' -%}
    {%- set time = '[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}[ T][0-9]{1,2}:[0-9]{2}[0-9:.]*( ?([AP]M|Z|UTC|GMT|[+-][0-9:]{2,5}))?' -%}
    {%- set harmless = '[^0-9+]{0,3}' ~ figure ~ '[^0-9]{0,3}' if column.type in ('number', 'integer') else time if column.type == 'time' else '(?i)[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}' -%}
    {%- set before_letter = '[0-9]{4}[^0-9A-Z]{0,3}[A-Z]|([0-9]{2}[^0-9A-Z]{0,3}){3}[A-Z]' -%}
    {%- set codice_fiscale = '([A-Z]{3} ?){2}[0-9L-V]{2} ?[A-T] ?[0-9L-V]{2} ?[A-Z] ?[0-9L-V]{3} ?[A-Z]' -%}
    (
            regexp_matches({{ expression }}, '@|([0-9][^0-9A-Za-z]{0,3}){8}')
            or length({{ expression }}) > 7 and regexp_matches({{ expression }}, '(?i)({{ before_letter }}|{{ codice_fiscale }})')
            {#- Classes of all scripts are slow, and most texts are ASCII. #}
            or case when not regexp_full_match({{ expression }}, '[ -~]*') then regexp_matches({{ expression }}, {{ sql_text('[\uff20\ufe6b]|(\\p{Nd}[^\\p{Nd}]*){4}') }}) end
        ) and not regexp_full_match({{ expression }}, {{ sql_text(harmless) }})
{%- endmacro %}


{#-
    A raw value as it may be loaded: what identifies a person becomes a mark that says what it looked like, and letters
    in a number, where a name may have slipped, become x.
-#}
{% macro kept_text(expression, input_name, column, identifying_columns) -%}
    {%- set expression = money_text(expression) if column.get('money') else expression -%}
    {%- set kept = expression -%}
    {%- if column.name in identifying_columns -%}
        {%- set kept = "coalesce((select mark from identifiers_in_" ~ input_name ~ " where column_name = '" ~ column.name ~ "' and text = " ~ expression ~ "), " ~ expression ~ ")" -%}
    {%- endif -%}
    {%- if column.type in ('number', 'integer') -%}
        case
            when regexp_matches({{ expression }}, '[\p{L}]{2}[^0-9]*[\p{L}]')
                and not {{ is_missing_word(trimmed(expression), column) }}
                {%- if column.get('placeholders') %} and trim({{ expression }}) not in ({{ sql_list(column.placeholders) }}){% endif %}
                then {{ masked_text(expression) }}
            else {{ kept }}
        end
    {%- else -%}
        {{ kept }}
    {%- endif -%}
{%- endmacro %}


{#-
    The shape of a text: its letters become x and X, its digits 9; enough to see what is wrong with it. Digits of ASCII are
    translated, for a replacement of many of them is slow.
-#}
{% macro masked_text(expression, length=60) -%}
    {{ return(adapter.dispatch('masked_text', 'card_segments')(expression, length)) }}
{%- endmacro %}


{% macro default__masked_text(expression, length) -%}
    regexp_replace(regexp_replace(regexp_replace(translate({{ 'left(' ~ expression ~ ', ' ~ length ~ ')' if length else expression }}, '012345678', '999999999'), '\p{Lu}', 'X', 'g'), '\p{Ll}|\p{Lo}', 'x', 'g'), '[^\P{Nd}0-9]', '9', 'g')
{%- endmacro %}


{% macro spark__masked_text(expression, length) -%}
    regexp_replace(
        regexp_replace(
            regexp_replace({{ 'left(' ~ expression ~ ', ' ~ length ~ ')' if length else expression }}, {{ sql_text('\\p{Lu}') }}, 'X'),
            {{ sql_text('\\p{Ll}|\\p{Lo}') }}, 'x'
        ),
        {{ sql_text('\\p{Nd}') }}, '9'
    )
{%- endmacro %}


{#- The marks that stand for what was found, one for each kind of identifier that find_identifier knows. -#}
{% macro identifier_marks() %}
    {{ return([
        '[an e-mail address]',
        '[a card number]',
        '[an account number]',
        '[a social-security number]',
        '[a national identity number]',
        '[a telephone number]',
        '[a long number]'
    ]) }}
{% endmacro %}
