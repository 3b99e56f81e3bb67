{#-
    The statement that reads all files of an input: the contract's columns as text, where each row
    came from, and what is wrong with the row as a whole. Nothing is typed or judged here: a value
    that does not fit is found in staging, where it is counted.
-#}
{% macro read_input_sql(input_name, files) %}
    {% set contract = input_contract(input_name) %}
    {% set selects = [] %}
    {% for file in files %}
        {% if file.lower().endswith('.parquet') %}
            {% do selects.append(read_parquet_sql(input_name, contract, file)) %}
        {% elif file.lower().endswith(('.csv', '.csv.gz', '.tsv', '.tsv.gz', '.txt', '.txt.gz')) %}
            {% do selects.append(read_csv_sql(input_name, contract, file)) %}
        {% else %}
            {% do stop("The file " ~ file ~ " for the input '" ~ input_name ~ "' is not CSV or Parquet. Export it as UTF-8 CSV with a header line (in a spreadsheet: save as CSV) and name that file.") %}
        {% endif %}
    {% endfor %}
    {{ return(selects | join('\nunion all by name\n')) }}
{% endmacro %}


{% macro read_csv_sql(input_name, contract, file) %}
    {% set header = read_csv_header(input_name, contract, file) %}
    {% set positions = match_header(input_name, contract, file, header.names) %}
    {% set last_field = 'field_' ~ (header.names | length - 1) %}
    {#- A row is kept whatever its number of fields: too few leaves the last field null (an empty field
        is '' because nullstr is a text that no file holds), too many fills surplus_field. -#}
    {% set columns = [] %}
    {% for name in header.names %}
        {% do columns.append("'field_" ~ loop.index0 ~ "': 'varchar'") %}
    {% endfor %}
    {% do columns.append("'surplus_field': 'varchar'") %}
    {% set select_sql %}
select
    {% for column in contract -%}
    {% if column.name in positions -%}
    field_{{ positions[column.name] }} as {{ column.name }},
    {% else -%}
    cast(null as varchar) as {{ column.name }},
    {% endif -%}
    {% endfor -%}
    {{ sql_text(file) }} as source_file,
    row_number() over () + 1 as source_row,
    case
        when {{ last_field }} is null then 'has fewer fields than the header'
        when surplus_field is not null then 'has more fields than the header'
    end as source_fault
from read_csv(
    {{ sql_text(file) }},
    auto_detect = false, header = true, columns = { {{ columns | join(', ') }} },
    delim = '{{ header.delimiter }}', quote = '"', escape = '"', nullstr = '{{ absent_mark() }}',
    null_padding = true, strict_mode = false, parallel = false, max_line_size = 20000000
)
    {%- endset %}
    {{ return(select_sql) }}
{% endmacro %}


{% macro read_parquet_sql(input_name, contract, file) %}
    {% set names = run_query("select name from parquet_schema(" ~ sql_text(file) ~ ") where type is not null").columns[0].values() | list %}
    {% set positions = match_header(input_name, contract, file, names) %}
    {% set select_sql %}
select
    {% for column in contract -%}
    {% if column.name in positions -%}
    coalesce(cast({{ adapter.quote(names[positions[column.name]]) }} as varchar), '') as {{ column.name }},
    {% else -%}
    cast(null as varchar) as {{ column.name }},
    {% endif -%}
    {% endfor -%}
    {{ sql_text(file) }} as source_file,
    row_number() over () as source_row,
    cast(null as varchar) as source_fault
from read_parquet({{ sql_text(file) }})
    {%- endset %}
    {{ return(select_sql) }}
{% endmacro %}


{#- A text that no real file holds, so that DuckDB tells an absent field (null) from an empty one (''). -#}
{% macro absent_mark() %}
    {{ return('\x1f') }}
{% endmacro %}


{#- The header's names and the delimiter: the one under which most of the contract's names appear. -#}
{% macro read_csv_header(input_name, contract, file) %}
    {% set rows = run_query(
        "select line from read_csv(" ~ sql_text(file) ~ ", auto_detect = false, header = false, columns = {'line': 'varchar'}, "
        ~ "delim = '" ~ absent_mark() ~ "', quote = '', escape = '', null_padding = true, strict_mode = false, max_line_size = 20000000) limit 1"
    ) %}
    {% if rows | length == 0 or rows.columns[0].values()[0] is none %}
        {% do stop("The file " ~ file ~ " for the input '" ~ input_name ~ "' is empty. It needs a header line with the columns " ~ contract | map(attribute='name') | join(', ') ~ " and at least one row.") %}
    {% endif %}
    {% set line = rows.columns[0].values()[0] %}
    {% set wanted = contract | map(attribute='name') | map('replace', '_', '') | list %}
    {% set best = namespace(delimiter=none, names=[], matched=0) %}
    {% for delimiter in [',', ';', '\t', '|'] %}
        {% set names = [] %}
        {% set keys = [] %}
        {% for part in line.split(delimiter) %}
            {% set name = part.replace('\ufeff', '').strip().strip('"').strip() %}
            {% do names.append(name) %}
            {% do keys.append(header_key(name)) %}
        {% endfor %}
        {% set matched = keys | select('in', wanted) | list | unique | list | length %}
        {% if matched > best.matched %}
            {% set best.delimiter, best.names, best.matched = delimiter, names, matched %}
        {% endif %}
    {% endfor %}
    {% if best.matched < 2 and contract | length > 1 %}
        {% do stop("The first line of " ~ file ~ " is not a header of the input '" ~ input_name ~ "' with commas, semicolons, tabs or pipes between the names: it begins with '" ~ line[:80] ~ "'. Export the file with one of these delimiters and with the columns " ~ contract | map(attribute='name') | join(', ') ~ ".") %}
    {% endif %}
    {{ return({'delimiter': best.delimiter, 'names': best.names}) }}
{% endmacro %}


{#- Names are compared without case, blanks, underscores and byte-order mark. -#}
{% macro header_key(name) %}
    {{ return(name | lower | replace(' ', '') | replace('_', '') | replace('\ufeff', '')) }}
{% endmacro %}


{#- contract column -> position in the file; stops on a column that is missing or stands twice. -#}
{% macro match_header(input_name, contract, file, names) %}
    {% set positions = {} %}
    {% set wanted = {} %}
    {% for column in contract %}
        {% do wanted.update({header_key(column.name): column.name}) %}
    {% endfor %}
    {% set unused = [] %}
    {% for name in names %}
        {% set column_name = wanted.get(header_key(name)) %}
        {% if column_name is none %}
            {% do unused.append(name) %}
        {% elif column_name in positions %}
            {% do stop("The file " ~ file ~ " has the column '" ~ column_name ~ "' twice (header fields " ~ (positions[column_name] + 1) ~ " and " ~ loop.index ~ "). Remove or rename one of them.") %}
        {% else %}
            {% do positions.update({column_name: loop.index0}) %}
        {% endif %}
    {% endfor %}
    {% for column in contract if column.name not in positions and not column.get('optional') %}
        {% do stop("The file " ~ file ~ " for the input '" ~ input_name ~ "' has no column '" ~ column.name ~ "'; the nearest name in its header is '" ~ nearest_name(column.name, unused or names) ~ "'. Add or rename the column.") %}
    {% endfor %}
    {% if unused %}
        {% do log("  " ~ input_name ~ ": not used from " ~ file ~ ": " ~ unused | join(', '), info=true) %}
    {% endif %}
    {{ return(positions) }}
{% endmacro %}


{#- The nearest of some names, for error messages. -#}
{% macro nearest_name(name, names) %}
    {% set values = [] %}
    {% for other in names %}
        {% do values.append("(" ~ sql_text(other) ~ ")") %}
    {% endfor %}
    {% set rows = run_query(
        "select name from (values " ~ values | join(', ') ~ ") as names(name) order by levenshtein(lower(name), lower(" ~ sql_text(name) ~ ")), name limit 1"
    ) %}
    {{ return(rows.columns[0].values()[0]) }}
{% endmacro %}
