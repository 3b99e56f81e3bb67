{#- The tables that the marts are made of, by name; `enabled_inputs` picks among them and the raw inputs. -#}
{% macro known_inputs() %}
    {{ return(['customers', 'spends', 'card_relationships', 'card_usage', 'credit_profiles'] + card_segments.raw_inputs()) }}
{% endmacro %}


{#- A bank's own events. No bundled sample has any. -#}
{% macro raw_inputs() %}
    {{ return(['card_accounts', 'card_transactions', 'card_statements', 'service_contacts']) }}
{% endmacro %}


{#- The tables that are made of events where they are not read themselves: table -> the raw inputs that it takes. -#}
{% macro tables_of_events() %}
    {{ return({
        'spends': ['card_transactions'],
        'card_relationships': ['card_accounts', 'service_contacts'],
        'card_usage': ['card_transactions', 'card_statements'],
        'credit_profiles': ['card_statements'],
    }) }}
{% endmacro %}


{#- The inputs that are read, in the order in which they are known. -#}
{% macro given_inputs() %}
    {{ return(card_segments.known_inputs() | select('in', var('enabled_inputs')) | list) }}
{% endmacro %}


{#- The files an input is read from, sorted by path, and in sentences what keeps them from being found. -#}
{% macro locate_input(input_name) %}
    {% set places = [] %}
    {% for variable in ['input_models', 'input_relations', 'inputs'] if (var(variable) or {}).get(input_name) is not none %}
        {% do places.append(variable) %}
    {% endfor %}
    {% if places | length > 1 %}
        {{ return({'files': [], 'problems': ["The input '" ~ input_name ~ "' is named in the variables " ~ places | sort | join(' and ') ~ ". Take it out of one of them."]}) }}
    {% elif 'input_relations' in places %}
        {{ return({'files': [], 'problems': relation_problems(input_name, var('input_relations')[input_name])}) }}
    {% elif 'input_models' in places %}
        {#- Whether it is there is looked at when it has been built. -#}
        {{ return({'files': [], 'problems': []}) }}
    {% endif %}
    {% set named = (var('inputs') or {}).get(input_name) %}
    {% set folder = var('input_dir') %}
    {% set files = [] %}
    {% set problems = [] %}
    {% set patterns = [named] if named is string else named %}
    {% if named is not none and (patterns is not sequence or patterns is mapping or not patterns or patterns | reject('string') | list or '' in patterns) %}
        {% do problems.append("The variable inputs." ~ input_name ~ " is '" ~ named ~ "', but has to be a path such as data/" ~ input_name ~ ".csv, or a list of them. Correct it, or leave it out to read the bundled sample.") %}
    {% elif named is not none %}
        {% for pattern in patterns %}
            {% set found = [] if '://' in pattern else glob_files(pattern) %}
            {% if '://' in pattern %}
                {% do problems.append("The variable inputs." ~ input_name ~ " names the address " ~ pattern ~ ", but only files on this machine are read. Download the file and name its path.") %}
            {% elif not found %}
                {% do problems.append("There is no file " ~ pattern ~ ", which the variable inputs." ~ input_name ~ " names for the input '" ~ input_name ~ "'. Correct the path (relative paths start at the folder dbt runs in), or take '" ~ input_name ~ "' out of enabled_inputs.") %}
            {% endif %}
            {% do files.extend(found) %}
        {% endfor %}
    {% elif folder %}
        {% set found = fromjson(query_value("find_input(" ~ sql_text(folder) ~ ", " ~ sql_text(input_name) ~ ")")) %}
        {% do files.extend(found.files) %}
        {% if not files %}
            {% do problems.append("There is no file for the input '" ~ input_name ~ "' in the folder " ~ folder ~ ". Put " ~ input_name ~ ".csv, .csv.gz, .csv.zst or .parquet (or a folder " ~ input_name ~ "/ of such files) there, or take '" ~ input_name ~ "' out of enabled_inputs.") %}
        {% elif files | length > 1 and not found.are_parts %}
            {% do problems.append("The input '" ~ input_name ~ "' stands more than once in " ~ folder ~ ": " ~ files | join(', ') ~ ". Keep one of them, or name the right one in the variable inputs." ~ input_name ~ ".") %}
        {% endif %}
    {% elif input_name in raw_inputs() %}
        {% do problems.append("There is no bundled sample of the input '" ~ input_name ~ "'. Name your file in the variable inputs." ~ input_name ~ ", or its folder in input_dir.") %}
    {% else %}
        {% do files.append(bundled_input_path(input_name)) %}
    {% endif %}
    {#- Jinja's filters take A.csv and a.csv for the same unless told otherwise. -#}
    {% set files = files | unique(case_sensitive=true) | sort(case_sensitive=true) %}
    {{ return({'files': files, 'problems': problems}) }}
{% endmacro %}


{% macro bundled_input_path(input_name) %}
    {% set node = input_node(input_name) %}
    {{ return(node.root_path ~ '/' ~ node.original_file_path) }}
{% endmacro %}


{% macro input_node(input_name) %}
    {{ return(graph.nodes['seed.card_segments.' ~ input_name]) }}
{% endmacro %}


{#- Whether a row of DuckDB's catalogue is about the relation of an input, whose name is in the column `name_column`. -#}
{% macro is_in_catalogue(input_name, name_column, ending='') -%}
    {%- set node = input_node(input_name) -%}
    database_name = {{ sql_text(node.database) }} and schema_name = {{ sql_text(node.schema) }} and {{ name_column }} = {{ sql_text(node.alias ~ ending) }}
{%- endmacro %}


{#- The relation of a model, or of a seed such as an input, without a ref, which hooks and operations cannot have. -#}
{% macro relation_of(name) %}
    {% set node = find_node(name) %}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) }}
{% endmacro %}


{#- The model or seed of a name: this project's own, or one of a project that installs it as a package. -#}
{% macro find_node(name) %}
    {% set nodes = graph.nodes.values() | selectattr('resource_type', 'in', ['model', 'seed']) | selectattr('name', 'equalto', name) | list %}
    {{ return((nodes | selectattr('package_name', 'equalto', 'card_segments') | list + nodes) | first) }}
{% endmacro %}


{#- The settings of the input contract: one mapping per column, in the contract's order. -#}
{% macro input_contract(input_name) %}
    {% set columns = [] %}
    {% for column in input_node(input_name).columns.values() %}
        {% do columns.append(dict(column.config.meta, name=column.name)) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}


{% macro glob_files(pattern) %}
    {{ return(run_query("select unnest(find_files(" ~ sql_text(pattern) ~ "))").columns[0].values() | list) }}
{% endmacro %}


{% macro query_value(expression) %}
    {{ return(run_query("select " ~ expression).rows[0][0]) }}
{% endmacro %}


{#- A text as an SQL literal. -#}
{% macro sql_text(value) %}
    {{ return(adapter.dispatch('sql_text', 'card_segments')(value)) }}
{% endmacro %}


{% macro default__sql_text(value) %}
    {{ return("'" ~ (value | string | replace("'", "''")) ~ "'") }}
{% endmacro %}


{#- An apostrophe and a backslash by their numbers, for how Spark reads them in a literal depends on settings. -#}
{% macro spark__sql_text(value) %}
    {% set marks = {"'": 'char(39)', '\\': 'char(92)'} %}
    {% set parts = [] %}
    {% for part in modules.re.split("(['\\\\])", value | string) if part %}
        {% do parts.append(marks.get(part, "'" ~ part ~ "'")) %}
    {% endfor %}
    {{ return("''" if not parts else parts[0] if parts | length == 1 else 'concat(' ~ parts | join(', ') ~ ')') }}
{% endmacro %}


{#- A path as an SQL literal that DuckDB takes for this one file and not for a pattern. -#}
{% macro sql_path(path) %}
    {{ return(sql_text(path | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]'))) }}
{% endmacro %}


{#- A text as a terminal may show it: on one line, and without signs that would steer it or turn what follows round. -#}
{% macro one_line(text) %}
    {{ return(modules.re.sub('[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+', ' ', text | string)) }}
{% endmacro %}


{#-
    Ends the build with one sentence for the user. Not a compiler error: dbt would add the macros it
    was called from, which say nothing to whoever has to correct a file.
-#}
{% macro raise_error(sentence) %}
    {% do exceptions.raise_dependency_error(card_segments.one_line(sentence)) %}
{% endmacro %}


{#- Ends the build with all of some sentences, if there are any. -#}
{% macro raise_problems(problems) %}
    {% if problems %}
        {% set sentences = [] %}
        {% for problem in problems | unique(case_sensitive=true) %}
            {% do sentences.append(one_line(problem)) %}
        {% endfor %}
        {% do exceptions.raise_dependency_error(sentences | join('\n')) %}
    {% endif %}
{% endmacro %}
