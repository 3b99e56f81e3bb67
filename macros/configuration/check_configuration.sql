{#-
    Runs before anything is built and stops with one sentence when a variable cannot be right, so that
    a spelling mistake does not show as a missing table an hour later.
-#}
{% macro check_configuration() %}
    {% if execute and flags.WHICH in ('build', 'run', 'seed', 'test', 'snapshot') %}
        {% set known = known_inputs() %}
        {% do check_names('enabled_inputs', var('enabled_inputs'), known) %}
        {% do check_names('inputs', (var('inputs') or {}).keys() | list, known) %}
        {% if var('enabled_inputs') | length == 0 %}
            {% do stop("The variable enabled_inputs is empty, so there is nothing to build. Name at least one of " ~ known | join(', ') ~ ".") %}
        {% endif %}
        {% do check_names('pass_through', (var('pass_through') or {}).keys() | list, known) %}
        {% do check_names('column_names', (var('column_names') or {}).keys() | list, known) %}
        {% for segmentation, inputs in var('segmentations').items() %}
            {% do check_names('segmentations.' ~ segmentation, inputs, known) %}
        {% endfor %}

        {% for setting in ['minimum_cell_size', 'maximum_row_drop_share', 'maximum_segment_share_jump', 'minimum_remaining_share', 'maximum_reject_share'] %}
            {% if var(setting) is not number or var(setting) < 0 %}
                {% do stop("The variable " ~ setting ~ " is '" ~ var(setting) ~ "', but has to be a number of 0 or more. Correct it in dbt_project.yml or in --vars.") %}
            {% endif %}
        {% endfor %}
        {% if var('decimal_mark') not in ('auto', '.', ',') %}
            {% do stop("The variable decimal_mark is '" ~ var('decimal_mark') ~ "', but has to be auto, '.' or ','.") %}
        {% endif %}
        {% if var('spends_year') is not number or not 1900 <= var('spends_year') <= 9998 %}
            {% do stop("The variable spends_year is '" ~ var('spends_year') ~ "', but has to be a year such as 2023. It is the year of months that are given by name only.") %}
        {% endif %}

        {% if var('refit') not in ('auto', 'always', 'never') %}
            {% do stop("The variable refit is '" ~ var('refit') ~ "', but has to be auto, always or never.") %}
        {% endif %}

        {% if flags.WHICH in ('build', 'seed') %}
            {% if var('input_dir') and not glob_files(var('input_dir')) %}
                {% do stop("The folder " ~ var('input_dir') ~ ", which the variable input_dir names, does not exist. Relative paths start at the folder dbt runs in.") %}
            {% endif %}
            {% set problems = [] %}
            {% for input_name in var('enabled_inputs') %}
                {% do problems.extend(locate_input(input_name).problems) %}
            {% endfor %}
            {% do stop_on_problems(problems) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{#- Stops on a name that is not known, with the nearest one that is. -#}
{% macro check_names(setting, names, known) %}
    {% if names is string or names is not iterable %}
        {% do stop("The variable " ~ setting ~ " is '" ~ names ~ "', but has to be a list such as [" ~ known | join(', ') ~ "].") %}
    {% endif %}
    {% for name in names if name not in known %}
        {% do stop("The variable " ~ setting ~ " names '" ~ name ~ "', which is not an input. Did you mean '" ~ nearest_name(name, known) ~ "'? The inputs are " ~ known | join(', ') ~ ".") %}
    {% endfor %}
{% endmacro %}


{% macro is_input_enabled(input_name) %}
    {{ return(input_name in var('enabled_inputs')) }}
{% endmacro %}
