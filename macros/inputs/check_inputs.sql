{#-
    Says what a build would make of the input files, without building: per file how it was found and
    read, its repairs and rejections, then what would be published. Ends with an error when something
    would stop the build. Run it on a warehouse in memory (make check-inputs), for it loads the files
    with the macros that the build uses.
-#}
{% macro check_inputs() %}
    {% if execute %}
        {% set problems, usable = unused_raw_inputs(var('enabled_inputs')), [] %}
        {% for problem in problems %}
            {% do print('PROBLEM: ' ~ problem) %}
        {% endfor %}
        {% for input_name in known_inputs() if input_name in given_inputs() or input_name not in raw_inputs() %}
            {% do print('') %}
            {% if has_inputs(input_name) and input_name not in given_inputs() %}
                {% do print(input_name ~ ': made of ' ~ tables_of_events()[input_name] | join(' and ')) %}
            {% elif input_name not in given_inputs() %}
                {% do print(input_name ~ ': switched off, for enabled_inputs does not name it') %}
            {% else %}
                {% do print(input_name) %}
                {% do problems.extend(check_one_input(input_name, usable)) %}
            {% endif %}
        {% endfor %}
        {% do print_what_would_be_built() %}
        {% do print('') %}
        {% if problems %}
            {% do raise_error((problems | length) ~ " of the problems above would stop the build." if problems | length > 1 else "The problem above would stop the build.") %}
        {% endif %}
        {% do print('Nothing found that would stop the build.' ~ (' What the words, signs and currencies of events mean is looked at by the build itself.' if raw_inputs() | select('in', given_inputs()) | list else '')) %}
    {% endif %}
{% endmacro %}


{#- Prints what is known of one input, adds it to `usable` if rows were checked, and returns its problems. -#}
{% macro check_one_input(input_name, usable) %}
    {% set description = describe_input(input_name) %}
    {% set problems = description.problems | list %}
    {% for file in description.files %}
        {% do print('  ' ~ one_line(file.path)) %}
        {% if not file.problem %}
            {% do print_file(file) %}
        {% endif %}
    {% endfor %}
    {% if not problems %}
        {% set relation = relation_of(input_name) %}
        {% do run_query("create schema if not exists " ~ relation.schema) %}
        {% do run_query(load_input_sql(input_name, description.files)) %}
        {% do problems.extend(load_problems(input_name, relation, description.files)) %}
        {% if not problems %}
            {% do problems.extend(check_rows(input_name, 'customers' in usable)) %}
            {% do usable.append(input_name) %}
        {% endif %}
    {% endif %}
    {% for problem in problems | unique(case_sensitive=true) %}
        {% do print('  PROBLEM: ' ~ one_line(problem)) %}
    {% endfor %}
    {{ return(problems | unique(case_sensitive=true) | list) }}
{% endmacro %}


{#- How a file is read and how its header matches. -#}
{% macro print_file(file) %}
    {% set names = {',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'pipes'} %}
    {% set how = [file.format] if file.relation or file.format == 'parquet' else ['CSV with ' ~ names[file.delimiter], file.encoding] %}
    {% if file.compression != 'none' %}
        {% do how.append(file.compression) %}
    {% endif %}
    {% do print('    read as ' ~ how | join(', ')) %}
    {% for match in file.matches.values() | unique | sort %}
        {% set columns = [] %}
        {% for column, found in file.matches.items() if found == match %}
            {% do columns.append(column if match == 'exactly' else column ~ " ('" ~ (file.shown_names + file.partitions.keys() | list)[file.positions[column]] ~ "')") %}
        {% endfor %}
        {% set shown = columns if match == 'by name' else columns[:3] %}
        {% do print('    ' ~ columns | length ~ ' columns found ' ~ ('as column_names or pass_through say' if match == 'by name' else match) ~ ': ' ~ shown | join(', ') ~ (' ...' if columns | length > shown | length else '')) %}
    {% endfor %}
    {% if file.unused %}
        {% do print('    columns not used: ' ~ file.unused | join(', ')) %}
    {% endif %}
{% endmacro %}


{#- Examines the loaded rows of an input as staging does, prints the account, and returns its problems. -#}
{% macro check_rows(input_name, with_parents) %}
    {% set loaded, examined, staged = relation_of(input_name), relation_of('base_' ~ input_name ~ '__examined'), relation_of(staged_model(input_name)) %}
    {% set parents = relation_of(staged_model('customers')) if with_parents and input_node(input_name).config.meta.references %}
    {% do run_query("create schema if not exists " ~ examined.schema) %}
    {% do run_query("create or replace table " ~ examined ~ " as " ~ check_input_sql(input_name, loaded, parents)) %}
    {% do run_query("create or replace view " ~ staged ~ " as " ~ usable_rows_sql(input_name, loaded, examined)) %}
    {% set counts = run_query(
        "select read_rows.source_file, any_value(read_rows.input_rows), count(rejected_rows.source_row) from "
        ~ "(select source_file, count(*) as input_rows from " ~ loaded ~ " group by source_file) as read_rows left join " ~ examined
        ~ " as rejected_rows on read_rows.source_file = rejected_rows.source_file and rejected_rows.reject_rule is not null group by read_rows.source_file order by read_rows.source_file"
    ) %}
    {% for row in counts.rows %}
        {% do print('    ' ~ '{:,}'.format(row[1] | int) ~ ' rows read, ' ~ '{:,}'.format((row[1] - row[2]) | int) ~ ' loaded, ' ~ '{:,}'.format(row[2] | int) ~ ' rejected' ~ (' in ' ~ one_line(row[0]) if counts.rows | length > 1 else '')) %}
    {% endfor %}
    {% for example in reject_examples(examined) %}
        {% do print('    rejected ' ~ '{:,}'.format(example.rows) ~ ' (' ~ example.rule ~ '): ' ~ one_line(example.sentence)) %}
    {% endfor %}
    {% for column in input_contract(input_name) %}
        {% set repairs = run_query(
            "select rule, count(*) from (select unnest(string_split(" ~ column.name ~ "__repairs, ',')) as rule from " ~ examined
            ~ " where reject_rule is null and " ~ column.name ~ "__repairs is not null) as repairs group by rule order by rule"
        ) %}
        {% for row in repairs.rows %}
            {% do print('    repaired ' ~ '{:,}'.format(row[1] | int) ~ ' of ' ~ column.name ~ ': ' ~ repair_rules()[row[0]]) %}
        {% endfor %}
    {% endfor %}
    {{ return(examination_problems(input_name, examined) + (unmatched_words(staged) if input_name == 'spends' else [])) }}
{% endmacro %}


{% macro print_what_would_be_built() %}
    {% set built, missing = [], [] %}
    {% for name, inputs in published_tables().items() %}
        {% if missing_inputs(inputs) %}
            {% do missing.append(name ~ ' (needs ' ~ missing_inputs_in_words(inputs) ~ ')') %}
        {% else %}
            {% do built.append(name) %}
        {% endif %}
    {% endfor %}
    {% do print('') %}
    {% do print('Would be published: ' ~ built | join(', ')) %}
    {% do print('Segmentations: ' ~ (active_segmentations() | join(', ') or 'none')) %}
    {% if missing %}
        {% do print('Not published: ' ~ missing | join(', ')) %}
    {% endif %}
{% endmacro %}
