{#-
    What is known of an input's files before a row is loaded: each with its format, how its header
    matches the contract and what keeps it from being read. The build stops on `problems`; the
    operation check_inputs prints them.
-#}
{% macro describe_input(input_name) %}
    {% set location = locate_input(input_name) %}
    {% set contract = input_contract(input_name) + passed_columns(input_name) %}
    {% set names = column_names(input_name) %}
    {% set wanted = [] %}
    {% for column in contract %}
        {% do wanted.append(header_key(names.get(column.name, column.name))) %}
    {% endfor %}
    {% set files = [] %}
    {% set problems = location.problems + pass_through_problems(input_name) %}
    {% set known = contract | map(attribute='name') | list %}
    {% for name in names if name not in known %}
        {% do problems.append("The variable column_names." ~ input_name ~ " names '" ~ name ~ "', which is not a column of the input. Did you mean '" ~ nearest_name(name, known) ~ "'?") %}
    {% endfor %}
    {% set descriptions = [] %}
    {% set relation_name = input_relation_name(input_name) %}
    {% if relation_name is not none and not location.problems %}
        {% if find_relation(relation_name) is none %}
            {% do problems.append("The model " ~ input_model(input_name) | join('.') ~ ", which the variable input_models names for the input '" ~ input_name ~ "', has not been built yet. Build it first.") %}
        {% else %}
            {% do descriptions.append(describe_relation(relation_name)) %}
        {% endif %}
    {% endif %}
    {% for path in location.files %}
        {% do descriptions.append(fromjson(query_value("describe_input_file(" ~ sql_text(path) ~ ", " ~ sql_text(tojson(wanted)) ~ ")"))) %}
    {% endfor %}
    {% for file in descriptions %}
        {% if file.problem %}
            {% do file.update({'problems': ["The file " ~ file.path ~ " for the input '" ~ input_name ~ "' " ~ file.problem ~ "."]}) %}
        {% else %}
            {% do file.update(match_header(input_name, contract, file)) %}
            {% if file.rows == 0 %}
                {% do file.problems.append(no_rows_sentence(input_name, file.path)) %}
            {% endif %}
        {% endif %}
        {% for problem in file.problems %}
            {% do problems.append(problem | replace('The file ', 'The table ') if file.relation else problem) %}
        {% endfor %}
        {% do files.append(file) %}
    {% endfor %}
    {#- One file that needs care has the others read like it, and so has a profile of one's own that does not keep the order of rows. -#}
    {% set is_even = are_even(files) and query_value("current_setting('preserve_insertion_order')") %}
    {% for file in files %}
        {% do file.update({'is_even': is_even}) %}
    {% endfor %}
    {{ return({'files': files, 'problems': problems}) }}
{% endmacro %}


{% macro no_rows_sentence(input_name, path) %}
    {{ return("The file " ~ path ~ " for the input '" ~ input_name ~ "' has a header but no rows. Export it again with its rows, or take '" ~ input_name ~ "' out of enabled_inputs.") }}
{% endmacro %}


{#- contract column -> the name it has in the files, where a variable says so. -#}
{% macro column_names(input_name) %}
    {% set names = dict((var('column_names') or {}).get(input_name) or {}) %}
    {% for column in passed_columns(input_name) %}
        {% do names.update({column.name: column.attribute}) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}


{#- Names are compared by their letters and digits, without case: R exports marital status as marital.status. -#}
{% macro header_key(name) %}
    {{ return(modules.re.sub('[\\W_]+', '', name | string) | lower or name) }}
{% endmacro %}


{#-
    positions: contract column -> position in the file; matches: contract column -> how it was found; unused: names
    that are not read; problems: columns that are missing or stand twice. Two columns of the contract may be read from
    one of the file. Of names that are alike but not equal, the one counts that a variable spells.
-#}
{% macro match_header(input_name, contract, file) %}
    {% set names = column_names(input_name) %}
    {% set header = file.names + file.partitions.keys() | list %}
    {% set places = {} %}
    {% for name in header %}
        {% do places.setdefault(header_key(name), []).append(loop.index0) %}
    {% endfor %}
    {% set positions, matches, unused, missing, problems = {}, {}, [], [], [] %}
    {% for column in contract %}
        {% set wanted = names.get(column.name, column.name) %}
        {% set alike = places.get(header_key(wanted), []) %}
        {% set equal = [] %}
        {% for place in alike if column.name in names and header[place] == wanted %}
            {% do equal.append(place) %}
        {% endfor %}
        {% set found = equal or alike %}
        {% if not found %}
            {% do missing.append(column) %}
        {% elif found | length > 1 %}
            {% do problems.append("The file " ~ file.path ~ " has the column '" ~ column.name ~ "' twice (header fields " ~ (found[0] + 1) ~ " and " ~ (found[1] + 1) ~ "). Remove or rename one of them.") %}
        {% else %}
            {% if file.types and found[0] < file.types | length and modules.re.search('\\[|STRUCT|MAP|UNION', file.types[found[0]]) %}
                {% do problems.append("The file " ~ file.path ~ " has lists or structures in the column '" ~ column.name ~ "', of which no single value can be taken. Write it again with one plain value a row.") %}
            {% endif %}
            {% do positions.update({column.name: found[0]}) %}
            {% do matches.update({column.name: 'by name' if column.name in names else 'exactly' if header[found[0]] == wanted else 'ignoring case, blanks and punctuation'}) %}
        {% endif %}
    {% endfor %}
    {% for name in file.names %}
        {% if name and loop.index0 not in positions.values() %}
            {% do unused.append(file.shown_names[loop.index0]) %}
        {% endif %}
    {% endfor %}
    {% for group in input_node(input_name).config.meta.get('needs_one_of', []) if not group | select('in', positions.keys()) | list %}
        {% do problems.append("The file " ~ file.path ~ " for the input '" ~ input_name ~ "' has none of the columns " ~ group | join(', ') ~ ", of which it needs one. Add or rename a column, or name it in the variable column_names." ~ input_name ~ ".") %}
    {% endfor %}
    {% set lacking = [] %}
    {% for column in missing %}
        {% if column.name in names %}
            {% do problems.append("The file " ~ file.path ~ " has no column '" ~ names[column.name] ~ "', which the variable " ~ ('pass_through.' ~ input_name ~ ' names' if column.get('attribute') else 'column_names.' ~ input_name ~ " names for '" ~ column.name ~ "'") ~ "; the nearest name in its header is '" ~ nearest_name(names[column.name], unused or file.shown_names) ~ "'. Correct the variable or the header.") %}
        {% elif not column.get('optional') %}
            {% do lacking.append(column.name) %}
        {% endif %}
    {% endfor %}
    {% if lacking | length > 2 %}
        {% do problems.append("The file " ~ file.path ~ " for the input '" ~ input_name ~ "' lacks " ~ lacking | length ~ " columns: " ~ lacking | join(', ') ~ ". Add or rename them, or name them in the variable column_names." ~ input_name ~ ".") %}
    {% else %}
        {% for column_name in lacking %}
            {% do problems.append("The file " ~ file.path ~ " for the input '" ~ input_name ~ "' has no column '" ~ column_name ~ "'; the nearest name in its header is '" ~ nearest_name(column_name, unused or file.shown_names) ~ "'. Add or rename the column, or name it in the variable column_names." ~ input_name ~ ".") %}
        {% endfor %}
    {% endif %}
    {{ return({'positions': positions, 'matches': matches, 'unused': unused, 'problems': problems}) }}
{% endmacro %}


{#-
    The statement that makes an input available: a view of Parquet files or of the rows of even ones, else a table of
    texts. What there may be from another build goes first.
-#}
{% macro load_input_sql(input_name, files) %}
    {% set relation = relation_of(input_name) %}
    {% set kind = kind_of_input(files) %}
    {% if is_view(input_name) != (kind == 'view') %}
        {% do run_query("drop " ~ ('table' if kind == 'view' else 'view') ~ " if exists " ~ relation) %}
    {% endif %}
    {% do run_query("drop table if exists " ~ even_rows_of(input_name)) %}
    {% if are_even(files) %}
        {% do run_query(load_even_rows_sql(input_name, files)) %}
    {% endif %}
    {% set statement %}
create or replace {{ kind }} {{ relation }} as
{% if are_even(files) -%}
{{ numbered_rows_sql(input_name, files) }}
{%- elif kind == 'view' -%}
{{ read_in_place_sql(input_contract(input_name) + passed_columns(input_name), files) }}
{%- else -%}
{{ read_input_sql(input_name, files) }}
{%- endif %}
    {% endset %}
    {{ return(statement) }}
{% endmacro %}


{% macro kind_of_input(files) %}
    {{ return('view' if can_be_read_in_place(files) or are_even(files) else 'table') }}
{% endmacro %}


{#- Whether an input was loaded as a view. -#}
{% macro is_view(input_name) %}
    {{ return(query_value("exists (from duckdb_views() where " ~ is_in_catalogue(input_name, 'view_name') ~ ")")) }}
{% endmacro %}


{#-
    The statement that reads all files of an input: the contract's columns as text, where each row
    came from, and what is wrong with the row as a whole. Nothing is typed or judged here: a value
    that does not fit is found in staging, where it is counted.
-#}
{% macro read_input_sql(input_name, files) %}
    {% set columns = input_contract(input_name) + passed_columns(input_name) %}
    {% set identifying_columns, _ = look_at_texts(input_name, columns, files) %}
select
    {%- for column in columns %}
    {{ kept_text(column.name, input_name, column, identifying_columns) }} as {{ column.name }},
    {%- endfor %}
    source_file,
    source_row,
    source_fault
from ({{ read_files_sql(columns, files) }}) as input_rows
{% endmacro %}


{% macro read_files_sql(columns, files) %}
    {% set selects = [] %}
    {% for file in files %}
        {% do selects.append(read_file_sql(columns, file)) %}
    {% endfor %}
    {{ return(selects | join('\nunion all by name\n')) }}
{% endmacro %}


{% macro read_file_sql(columns, file) %}
    {% set select_sql %}
select
    {% for column in columns -%}
    {% if file.positions.get(column.name, 0) >= file.names | length -%}
    {{ partition_value(sql_text(file.path), (file.partitions.keys() | list)[file.positions[column.name] - file.names | length]) }} as {{ column.name }},
    {% elif column.name in file.positions -%}
    {{ 'field_' ~ file.positions[column.name] if file.is_even else 'case when source_fault is null then field_' ~ file.positions[column.name] ~ ' end' }} as {{ column.name }},
    {% else -%}
    cast(null as varchar) as {{ column.name }},
    {% endif -%}
    {% endfor -%}
    {{ sql_text(file.path) }} as source_file
    {%- if not file.is_even %},
    source_row,
    source_fault
    {%- endif %}
from (
    {%- if file.format in ('parquet', 'view', 'table') -%}
    {{ parquet_fields_sql(columns, file) }}
    {%- elif file.is_plain -%}
    {{ plain_fields_sql(file) }}
    {%- else -%}
    {{ irregular_fields_sql(file) }}
    {%- endif -%}
) as fields
    {%- endset %}
    {{ return(select_sql) }}
{% endmacro %}


{#-
    The fields of a CSV file that every reader splits alike; an empty one is '' because nullstr is a text that no plain
    file holds. Where the file is not even, a row is kept whatever its number of fields: too few leave the last field
    null, too many fill surplus_field. DuckDB might take part of such a row for the first of those that a thread reads,
    so that one thread reads them all.
-#}
{% macro plain_fields_sql(file) %}
    {% set columns = [] %}
    {% for name in file.names %}
        {% do columns.append("'field_" ~ loop.index0 ~ "': 'varchar'") %}
    {% endfor %}
    {% set quote = '"' if file.has_quotes else '' %}
    {% if not file.is_even %}
        {% do columns.append("'surplus_field': 'varchar'") %}
    {% endif %}
    select
        *
        {%- if not file.is_even %},
        row_number() over () + 1 as source_row,
        case
            {%- if file.is_open %}
            when field_{{ file.names | length - 1 }} is null and row_number() over () = {{ file.rows }}
                then 'has fewer fields than the header and no line end: the file may have been cut off'
            {%- endif %}
            when field_{{ file.names | length - 1 }} is null then 'has fewer fields than the header'
            when surplus_field is not null then 'has more fields than the header'
        end as source_fault
        {%- endif %}
    from read_csv(
        {{ sql_path(file.path) }},
        compression = '{{ file.compression }}', auto_detect = false, hive_partitioning = false, header = true,
        columns = { {{ columns | join(', ') }} },
        delim = '{{ file.delimiter }}', quote = '{{ quote }}', escape = '{{ quote }}', nullstr = chr(31)
        {%- if not file.is_even %},
        null_padding = true, strict_mode = false, parallel = false, max_line_size = 20000000
        {%- endif %}
    )
{% endmacro %}


{#- The fields of any other CSV file, split by card_segments/inputs/rows.py: row number, fault and fields in one text. -#}
{% macro irregular_fields_sql(file) %}
    select
        {%- for name in file.names %}
        parts[{{ loop.index + 2 }}] as field_{{ loop.index0 }},
        {%- endfor %}
        cast(parts[1] as bigint) as source_row,
        nullif(parts[2], '') as source_fault
    from (
        select string_split(row_text, chr(31)) as parts
        from (
            select unnest(
                read_input_rows({{ sql_text(file.path) }}, '{{ file.compression }}', '{{ file.delimiter }}', '{{ file.names | length }}')
            ) as row_text
        ) as texts
    ) as split_texts
{% endmacro %}


{% macro parquet_fields_sql(columns, file) %}
    select
        {%- for column in columns if file.positions.get(column.name, file.names | length) < file.names | length %}
        {%- set position = file.positions[column.name] %}
        coalesce({{ text_of_typed(adapter.quote(file.names[position] | replace('"', '""')), file.types[position], column) }}, '') as field_{{ position }},
        {%- endfor %}
        row_number() over () as source_row,
        cast(null as varchar) as source_fault
    from {{ file.relation or 'read_parquet(' ~ sql_path(file.path) ~ ', hive_partitioning = false)' }}
{% endmacro %}


{#-
    The text of a typed value, such as a CSV file would have it. What the file says by its types is kept: a number
    has the decimal mark that its column is read with and cannot be read in two ways (1.2340, for 1.234 could be
    1234), an identifier that another program holds as 1001.0 is 1001. A time is that of the variable time_zone, or of UTC,
    whatever the time zone of this machine; a month whose column holds nothing but midnights is that of its place.
-#}
{% macro text_of_typed(value, type, column, decimal_mark=none) -%}
    {%- set is_fraction = type in ('FLOAT', 'DOUBLE') or type.startswith('DECIMAL') -%}
    {%- if is_fraction and column.type in ('number', 'integer') -%}
        {%- set mark = decimal_mark or (',' if var('decimal_mark') == ',' else '.') -%}
        regexp_replace(cast({{ value }} as varchar), '[.]([0-9]+)', '{{ mark }}\10')
    {%- elif is_fraction -%}
        case
            when {{ value }} = floor({{ value }}) and abs({{ value }}) < 1e15
                then cast(cast({{ value }} as bigint) as varchar)
            else cast({{ value }} as varchar)
        end
    {%- elif type in ('TIMESTAMP WITH TIME ZONE', 'LOCAL MIDNIGHT') and var('time_zone') -%}
        cast(timezone({{ sql_text(var('time_zone')) }}, make_timestamptz(epoch_us({{ value }}))) as varchar)
    {%- elif type == 'LOCAL MIDNIGHT' and column.type == 'month' -%}
        {#- The date there: no place is more than 13 hours before UTC, and few are more than 11 behind. #}
        cast(cast(make_timestamp(epoch_us({{ value }}) + 46800000000) as date) as varchar)
    {%- elif type in ('TIMESTAMP WITH TIME ZONE', 'LOCAL MIDNIGHT') -%}
        cast(make_timestamp(epoch_us({{ value }})) as varchar)
    {%- else -%}
        cast({{ value }} as varchar)
    {%- endif -%}
{%- endmacro %}


{#- The value that a path gives a column, as in month=2023-05/part.parquet. -#}
{% macro partition_value(path, name) -%}
    {%- set pattern = '/' ~ modules.re.escape(name) ~ '=([^/]+)/' -%}
    nullif(url_decode(regexp_extract({{ path }}, {{ sql_text(pattern) }}, 1)), '__HIVE_DEFAULT_PARTITION__')
{%- endmacro %}


{#- The nearest of some names, for error messages. -#}
{% macro nearest_name(name, names) %}
    {% set values = [] %}
    {% for other in names %}
        {% do values.append("(" ~ card_segments.sql_text(other) ~ ")") %}
    {% endfor %}
    {% set rows = run_query(
        "select name from (values " ~ values | join(', ') ~ ") as names(name) order by levenshtein(lower(name), lower(" ~ card_segments.sql_text(name) ~ ")), name limit 1"
    ) %}
    {{ return(rows.columns[0].values()[0]) }}
{% endmacro %}
