{#-
    Runs before anything is built and stops with one sentence when a variable cannot be right, so that
    a spelling mistake does not show as a missing table an hour later.
-#}
{% macro check_configuration() %}
    {% if execute and flags.WHICH in ('build', 'run', 'seed', 'test', 'snapshot') and is_taking_part() %}
        {% do check_installation() %}
        {% do check_no_jinja() %}
        {% set known = known_inputs() %}
        {% do check_names('enabled_inputs', var('enabled_inputs'), known) %}
        {% do check_names('inputs', (var('inputs') or {}).keys() | list, known) %}
        {% do check_names('input_relations', (var('input_relations') or {}).keys() | list, known) %}
        {% do check_names('input_models', (var('input_models') or {}).keys() | list, known) %}
        {% if var('enabled_inputs') | length == 0 %}
            {% do raise_error("The variable enabled_inputs is empty, so there is nothing to build. Name at least one of " ~ known | join(', ') ~ ".") %}
        {% endif %}
        {% do raise_problems(unused_raw_inputs(var('enabled_inputs'))) %}
        {% do check_names('pass_through', (var('pass_through') or {}).keys() | list, known) %}
        {% do check_names('trusted_columns', (var('trusted_columns') or {}).keys() | list, known) %}
        {% do check_names('column_names', (var('column_names') or {}).keys() | list, known) %}
        {% for segmentation, inputs in var('segmentations').items() %}
            {% do check_names('segmentations.' ~ segmentation, inputs, known) %}
        {% endfor %}

        {% set same = var('same_customers') or [] %}
        {% if same is string or same is not iterable or same | reject('in', var('segmentations')) | list %}
            {% do raise_error("The variable same_customers is '" ~ same ~ "', but has to be a list of segmentations whose inputs know the same customers by the same identifier, such as [spending, card_usage]. They are " ~ var('segmentations').keys() | join(', ') ~ ".") %}
        {% endif %}

        {% for setting in ['minimum_cell_size', 'maximum_row_drop_share', 'maximum_segment_share_jump', 'minimum_remaining_share', 'maximum_reject_share', 'late_payment_days', 'minimum_claim_customers', 'proxy_mutual_information', 'proxy_cramers_v'] %}
            {% if var(setting) is not number or var(setting) < 0 %}
                {% do raise_error("The variable " ~ setting ~ " is '" ~ var(setting) ~ "', but has to be a number of 0 or more. Correct it in dbt_project.yml or in --vars.") %}
            {% endif %}
        {% endfor %}
        {% if var('contact_period_months') is not number or var('contact_period_months') <= 0 %}
            {% do raise_error("The variable contact_period_months is '" ~ var('contact_period_months') ~ "', but has to be a number above 0. It is the months over which contacts were counted.") %}
        {% endif %}
        {% if 'service_contacts' in var('enabled_inputs') and var('contact_period_months') is not integer %}
            {% do raise_error("The variable contact_period_months is '" ~ var('contact_period_months') ~ "', but has to be a whole number where the contacts in service_contacts are counted, which is done by calendar month.") %}
        {% endif %}
        {% if var('usage_months') is not integer or var('usage_months') < 1 %}
            {% do raise_error("The variable usage_months is '" ~ var('usage_months') ~ "', but has to be a whole number of 1 or more. It is the months over which card usage is counted.") %}
        {% endif %}
        {% if var('as_of_date') is not none and (not modules.re.fullmatch('[12][0-9]{3}-[0-9]{2}-[0-9]{2}', var('as_of_date') | string) or query_value("try_cast('" ~ var('as_of_date') ~ "' as date)") is none) %}
            {% do raise_error("The variable as_of_date is '" ~ var('as_of_date') ~ "', but has to be a day such as 2023-12-31, or null. It is the last day of events that a build looks at.") %}
        {% endif %}
        {% if var('staffing_customers') is not none and (var('staffing_customers') is not number or var('staffing_customers') <= 0) %}
            {% do raise_error("The variable staffing_customers is '" ~ var('staffing_customers') ~ "', but has to be a number above 0, or null for the customers in the data. It is the size of the book that staff are planned for.") %}
        {% endif %}
        {% if var('maximum_vulnerable_share') is not number or not 0 <= var('maximum_vulnerable_share') <= 1 %}
            {% do raise_error("The variable maximum_vulnerable_share is '" ~ var('maximum_vulnerable_share') ~ "', but has to be a share from 0 to 1, such as 0.2. Correct it in dbt_project.yml or in --vars.") %}
        {% endif %}
        {% if var('claim_significance_level') is not number or not 0 < var('claim_significance_level') < 1 %}
            {% do raise_error("The variable claim_significance_level is '" ~ var('claim_significance_level') ~ "', but has to be a number between 0 and 1 such as 0.05. Correct it in dbt_project.yml or in --vars.") %}
        {% endif %}
        {% for setting in ['minimum_recommendations', 'maximum_recommendations'] %}
            {% if var(setting) is not integer or var(setting) < 1 %}
                {% do raise_error("The variable " ~ setting ~ " is '" ~ var(setting) ~ "', but has to be a whole number of 1 or more. Correct it in dbt_project.yml or in --vars.") %}
            {% endif %}
        {% endfor %}
        {% if var('maximum_claim_customers') is not integer or var('maximum_claim_customers') < var('minimum_claim_customers') %}
            {% do raise_error("The variable maximum_claim_customers is '" ~ var('maximum_claim_customers') ~ "', but has to be a whole number, and not below minimum_claim_customers. It is how many customers a claim is tested on at most.") %}
        {% endif %}
        {% if var('minimum_recommendations') > var('maximum_recommendations') %}
            {% do raise_error("The variable minimum_recommendations is " ~ var('minimum_recommendations') ~ ", but may not be above maximum_recommendations, which is " ~ var('maximum_recommendations') ~ ". Correct one of them in dbt_project.yml or in --vars.") %}
        {% endif %}
        {% set accepted = var('accept_changes') or [] %}
        {% if accepted is string or accepted is not iterable or accepted | reject('in', acceptable_changes()) | list %}
            {% do raise_error("The variable accept_changes is '" ~ accepted ~ "', but has to be a list of the checks whose failure is right this once, such as [rows_dropped]. They are " ~ acceptable_changes() | join(', ') ~ ".") %}
        {% endif %}
        {% if var('write_report') is not boolean %}
            {% do raise_error("The variable write_report is '" ~ var('write_report') ~ "', but has to be true or false.") %}
        {% endif %}
        {% if var('decimal_mark') not in ('auto', '.', ',') %}
            {% do raise_error("The variable decimal_mark is '" ~ var('decimal_mark') ~ "', but has to be auto, '.' or ','.") %}
        {% endif %}
        {% if var('date_order') not in (none, 'mdy', 'dmy') %}
            {% do raise_error("The variable date_order is '" ~ var('date_order') ~ "', but has to be mdy, where 01/02/2023 is in January, dmy, where it is in February, or null.") %}
        {% endif %}
        {% if var('amount_sign') not in ('auto', 'spend_positive', 'spend_negative') %}
            {% do raise_error("The variable amount_sign is '" ~ var('amount_sign') ~ "', but has to be auto, spend_positive or spend_negative. It says which amounts of card_transactions are purchases.") %}
        {% endif %}
        {% if var('currency') is not none and not modules.re.fullmatch('[A-Z]{3}', var('currency') | string) %}
            {% do raise_error("The variable currency is '" ~ var('currency') ~ "', but has to be a code of ISO 4217 such as EUR, or null.") %}
        {% endif %}
        {% if var('time_zone') and not run_query("select 1 from pg_timezone_names() where name = " ~ sql_text(var('time_zone'))).rows %}
            {% do raise_error("The variable time_zone is '" ~ var('time_zone') ~ "', but has to be the name of a time zone such as Asia/Kolkata, or null.") %}
        {% endif %}
        {% if var('spends_year') is not number or not 1900 <= var('spends_year') <= 9998 %}
            {% do raise_error("The variable spends_year is '" ~ var('spends_year') ~ "', but has to be a year such as 2023. It is the year of months that are given by name only.") %}
        {% endif %}

        {% for name in var('payment_type_shares') if not modules.re.fullmatch('[a-z][a-z0-9_]*', name) %}
            {% do raise_error("The variable payment_type_shares names the column '" ~ name ~ "', but a name has to be of small letters, digits and underscores, such as credit_card_share.") %}
        {% endfor %}
        {% set credit_card = var('credit_card_payment_types') %}
        {% if credit_card is string or credit_card is mapping or credit_card is not iterable or credit_card | reject('string') | list %}
            {% do raise_error("The variable credit_card_payment_types is '" ~ credit_card ~ "', but has to be a list of payment types such as [Credit Card], or [] if none is a credit card.") %}
        {% endif %}
        {% if var('minimum_key_segment_share') is not number or not 0 <= var('minimum_key_segment_share') <= 1 %}
            {% do raise_error("The variable minimum_key_segment_share is '" ~ var('minimum_key_segment_share') ~ "', but has to be a share of the customers from 0 to 1, such as 0.02.") %}
        {% endif %}
        {% if var('key_segment_error_rate') is not number or not 0 < var('key_segment_error_rate') < 1 %}
            {% do raise_error("The variable key_segment_error_rate is '" ~ var('key_segment_error_rate') ~ "', but has to be a probability between 0 and 1, such as 0.05.") %}
        {% endif %}
        {% if var('recommended_card_features') is not number or var('recommended_card_features') < 0 %}
            {% do raise_error("The variable recommended_card_features is '" ~ var('recommended_card_features') ~ "', but has to be a number of 0 or more.") %}
        {% endif %}
        {% if not modules.re.match('^\\d{4}-(0[1-9]|1[0-2])-01$', var('reference_month') | string) %}
            {% do raise_error("The variable reference_month is '" ~ var('reference_month') ~ "', but has to be the first day of a month such as 2023-10-01. It is the month that the metrics give to inputs without dates.") %}
        {% endif %}

        {% if var('refit') not in ('auto', 'always', 'never', 'frozen') %}
            {% do raise_error("The variable refit is '" ~ var('refit') ~ "', but has to be auto, always, never or frozen.") %}
        {% endif %}

        {% do published_dir() %}
        {% if flags.WHICH in ('build', 'run') %}
            {% set obstacle = open_last_publication().obstacle %}
            {% if is_frozen() and not open_last_publication().tables %}
                {% do raise_error("A frozen build scores with what was published before, and nothing is published in " ~ published_dir() ~ " yet: build once without refit: frozen, or name the folder of a publication in published_dir.") %}
            {% endif %}
            {#- Said now and not when the build is done. -#}
            {% if obstacle and is_complete_build() %}
                {% do raise_error(obstacle) %}
            {% endif %}
        {% endif %}

        {% if flags.WHICH in ('build', 'seed') %}
            {% do raise_unlocated_inputs() %}
        {% endif %}
    {% endif %}
{% endmacro %}


{#- Stops where an input is not to be found. -#}
{% macro raise_unlocated_inputs() %}
    {{ return(adapter.dispatch('raise_unlocated_inputs', 'card_segments')()) }}
{% endmacro %}


{% macro default__raise_unlocated_inputs() %}
    {% if var('input_dir') and not glob_files(var('input_dir')) %}
        {% do raise_error("The folder " ~ var('input_dir') ~ ", which the variable input_dir names, does not exist. Relative paths start at the folder dbt runs in.") %}
    {% endif %}
    {% set problems = [] %}
    {% for input_name in var('enabled_inputs') %}
        {% do problems.extend(locate_input(input_name).problems) %}
    {% endfor %}
    {% do raise_problems(problems) %}
{% endmacro %}


{% macro spark__raise_unlocated_inputs() %}
    {% for input_name in var('enabled_inputs') %}
        {% do input_on_spark(input_name) %}
    {% endfor %}
{% endmacro %}


{#-
    In sentences, the raw inputs of which nothing would be made. A table that is named itself is read and not made;
    card_accounts makes others more exact, so it is of use with any other raw input.
-#}
{% macro unused_raw_inputs(enabled) %}
    {% set problems = [] %}
    {% for raw_input in raw_inputs() if raw_input in enabled and raw_input != 'card_accounts' %}
        {% set named, makes, lacks = [], [], [] %}
        {% for table, takes in tables_of_events().items() if raw_input in takes %}
            {% if table in enabled %}
                {% do named.append(table) %}
            {% elif takes | reject('in', enabled) | list %}
                {% do lacks.extend(takes | reject('in', enabled)) %}
            {% else %}
                {% do makes.append(table) %}
            {% endif %}
        {% endfor %}
        {% if named and not makes %}
            {% do problems.append("The variable enabled_inputs names '" ~ named | join("' and '") ~ "', which " ~ ("is" if named | length == 1 else "are") ~ " then read, so nothing would be made of '" ~ raw_input ~ "'. Take one of them out: '" ~ raw_input ~ "', or '" ~ named[0] ~ "' to have it made of " ~ tables_of_events()[named[0]] | join(' and ') ~ ".") %}
        {% elif lacks and not makes %}
            {% do problems.append("The variable enabled_inputs names '" ~ raw_input ~ "', but nothing is made of it without " ~ lacks | join(' or ') ~ ". Name that as well, or take '" ~ raw_input ~ "' out.") %}
        {% endif %}
    {% endfor %}
    {% set raw = raw_inputs() | select('in', enabled) | list %}
    {% if raw == ['card_accounts'] %}
        {% do problems.append("The variable enabled_inputs names 'card_accounts', but nothing is made of it alone. Name " ~ raw_inputs()[1:-1] | join(', ') ~ " or " ~ raw_inputs()[-1] ~ " as well, or take 'card_accounts' out.") %}
    {% endif %}
    {{ return(problems) }}
{% endmacro %}


{#-
    Stops on a variable that dbt would run as Jinja; what other programs put into one, such as the name of a folder,
    is to do nothing. From where dbt has the variables as they are, for var() is what runs them.
-#}
{% macro check_no_jinja() %}
    {% set given = adapter.config.vars.to_dict() %}
    {% for variables in (given, given.get('card_segments') or {}, adapter.config.cli_vars) %}
        {% for name, value in variables.items() if value is string and modules.re.search('[{][{%#]', value) %}
            {% do raise_error("The variable " ~ name ~ " holds {{, {% or {#, which dbt would run as Jinja. Write it without; a file or folder of such a name can be renamed or linked to.") %}
        {% endfor %}
    {% endfor %}
{% endmacro %}


{#- Stops on a name that is not known, with the nearest one that is. -#}
{% macro check_names(setting, names, known) %}
    {% if names is string or names is not iterable %}
        {% do raise_error("The variable " ~ setting ~ " is '" ~ names ~ "', but has to be a list such as [" ~ known | join(', ') ~ "].") %}
    {% endif %}
    {% for name in names if name not in known %}
        {% do raise_error("The variable " ~ setting ~ " names '" ~ name ~ "', which is not an input. Did you mean '" ~ nearest_name(name, known) ~ "'? The inputs are " ~ known | join(', ') ~ ".") %}
    {% endfor %}
{% endmacro %}


{#- The publication checks whose failure may be right, so that the variable accept_changes may name them. -#}
{% macro acceptable_changes() %}
    {{ return(['rows_dropped', 'segment_share_moved', 'input_coverage']) }}
{% endmacro %}
