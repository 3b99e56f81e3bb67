{#- The five names the project knows; `enabled_inputs` picks among them. -#}
{% macro known_inputs() %}
    {{ return(['customers', 'spends', 'card_relationships', 'card_usage', 'credit_profiles']) }}
{% endmacro %}


{#- The files an input is read from, sorted by path, with where the choice came from. -#}
{% macro locate_input(input_name) %}
    {% set named = (var('inputs') or {}).get(input_name) %}
    {% if named %}
        {% set patterns = [named] if named is string else named %}
        {% set origin = "the variable inputs." ~ input_name %}
        {% set files = [] %}
        {% for pattern in patterns %}
            {% set found = glob_files(pattern) %}
            {% if not found %}
                {% do stop("There is no file " ~ pattern ~ ", which " ~ origin ~ " names for the input '" ~ input_name ~ "'. Correct the path (relative paths start at the folder dbt runs in), or take '" ~ input_name ~ "' out of enabled_inputs.") %}
            {% endif %}
            {% do files.extend(found) %}
        {% endfor %}
        {{ return({'files': files | unique | sort, 'origin': origin}) }}
    {% endif %}

    {% set folder = var('input_dir') %}
    {% if folder %}
        {% set candidates = [] %}
        {% for ending in input_endings() %}
            {% do candidates.extend(glob_files(folder ~ '/' ~ input_name ~ ending)) %}
        {% endfor %}
        {% if candidates | length > 1 %}
            {% do stop("The input '" ~ input_name ~ "' stands more than once in " ~ folder ~ ": " ~ candidates | join(', ') ~ ". Keep one of them, or name the right one in the variable inputs." ~ input_name ~ ".") %}
        {% endif %}
        {% if not candidates %}
            {% for ending in input_endings() %}
                {% do candidates.extend(glob_files(folder ~ '/' ~ input_name ~ '/*' ~ ending)) %}
            {% endfor %}
        {% endif %}
        {% if not candidates %}
            {% do stop("There is no file for the input '" ~ input_name ~ "' in the folder " ~ folder ~ ". Put " ~ input_name ~ ".csv, .csv.gz or .parquet (or a folder " ~ input_name ~ "/ of such files) there, or take '" ~ input_name ~ "' out of enabled_inputs.") %}
        {% endif %}
        {{ return({'files': candidates | unique | sort, 'origin': 'the variable input_dir'}) }}
    {% endif %}

    {{ return({'files': [bundled_input_path(input_name)], 'origin': 'the bundled sample'}) }}
{% endmacro %}


{% macro input_endings() %}
    {{ return(['.csv', '.csv.gz', '.parquet']) }}
{% endmacro %}


{% macro bundled_input_path(input_name) %}
    {% set node = input_node(input_name) %}
    {{ return(node.root_path ~ '/' ~ node.original_file_path) }}
{% endmacro %}


{% macro input_node(input_name) %}
    {{ return(graph.nodes['seed.' ~ project_name ~ '.' ~ input_name]) }}
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
    {% set rows = run_query("select file from glob(" ~ sql_text(pattern) ~ ") order by file") %}
    {{ return(rows.columns[0].values() | list) }}
{% endmacro %}


{#- A text as an SQL literal. -#}
{% macro sql_text(value) %}
    {{ return("'" ~ (value | string | replace("'", "''")) ~ "'") }}
{% endmacro %}


{#- Ends the build with one sentence for the user. -#}
{% macro stop(sentence) %}
    {% do exceptions.raise_compiler_error(sentence) %}
{% endmacro %}
