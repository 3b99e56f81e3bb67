{#- The publication in the warehouse, in a dozen lines. -#}
{% macro print_publication() %}
    {% set tables = run_query("select count(*), sum(table_rows) from " ~ relation_of("published_tables") ~ " where status = 'published'").rows[0] %}
    {% do print('') %}
    {% do print('Published ' ~ tables[0] ~ ' tables, ' ~ '{:,}'.format(tables[1] | int) ~ ' rows') %}
    {% do print('  ' ~ one_line(var('published_dir')) ~ '/cards.duckdb    for BI tools and SQL, customers included') %}
    {% do print('  ' ~ one_line(var('published_dir')) ~ '/shared.duckdb   the aggregates alone, for everyone else') %}
    {% do print('  ' ~ one_line(var('published_dir')) ~ '/parquet/        the same tables as in cards.duckdb, one Parquet file each') %}

    {% set segmentations = run_query("select segmentation, status, n_segments, customers, verdict, silhouette, min_jaccard, separation_z, reason from " ~ relation_of("segmentations") ~ " order by segmentation") %}
    {% for row in segmentations.rows %}
        {% do print('') %}
        {% if row[1] == 'published' %}
            {% do print(row[0] ~ ': ' ~ (row[2] | int) ~ ' ' ~ row[4] ~ ' segments of ' ~ '{:,}'.format(row[3] | int) ~ ' customers (silhouette ' ~ '%.3f' | format(row[5]) ~ ', least Jaccard ' ~ '%.2f' | format(row[6]) ~ ', separation z ' ~ '%.1f' | format(row[7]) ~ ')') %}
            {% set segments = run_query("select segments.segment_name, segments.customers, segments.customer_share, coalesce(segments.value_share, 0), coalesce(labels.label, segments.value_metric) from " ~ relation_of("segments") ~ " left join " ~ relation_of('segment_metrics') ~ " as labels on segments.value_metric = labels.metric where segmentation = " ~ sql_text(row[0]) ~ " order by segment_number") %}
            {% for segment in segments.rows %}
                {% do print('  ' ~ '%-36s' | format(one_line(segment[0])) ~ '{:>10,}'.format(segment[1] | int) ~ '  ' ~ '%5.1f' | format(100 * segment[2]) ~ ' % of customers  ' ~ '%5.1f' | format(100 * segment[3]) ~ ' % of ' ~ one_line(segment[4])) %}
            {% endfor %}
        {% else %}
            {% do print(row[0] ~ ': not published. ' ~ one_line(row[8])) %}
        {% endif %}
    {% endfor %}

    {% do print('') %}
    {% set inputs = run_query("select input_name, sum(measured) filter (where measure = 'loaded_rows'), sum(measured) filter (where measure = 'rejected_rows'), coalesce(sum(measured) filter (where measure = 'repaired_values'), 0) from " ~ relation_of("input_quality") ~ " group by input_name order by input_name") %}
    {% for row in inputs.rows %}
        {% do print('  ' ~ '%-20s' | format(row[0]) ~ '{:>12,}'.format(row[1] | int) ~ ' rows loaded ' ~ '{:>7,}'.format(row[2] | int) ~ ' rejected ' ~ '{:>9,}'.format(row[3] | int) ~ ' values repaired') %}
    {% endfor %}

    {% set coverage = run_query("select split_part(subject, ':', 1), string_agg(concat(round(observed, 2), ' ', description), '; ' order by subject desc) from " ~ relation_of("publication_checks") ~ " where check_name = 'input_coverage' and subject not like '%: customers' group by 1 order by 1") %}
    {% for row in coverage.rows %}
        {% do print('  ' ~ row[0] ~ ': ' ~ row[1]) %}
    {% endfor %}

    {% set checks = run_query("select count(*) filter (where passed), count(*) from " ~ relation_of("publication_checks") ~ "").rows[0] %}
    {% do print('') %}
    {% do print(checks[0] ~ ' of ' ~ checks[1] ~ ' publication checks passed') %}
    {% do print_checks("severity = 'warn'") %}
    {% if is_frozen() %}
        {% do print_frozen() %}
    {% endif %}
    {% do print('') %}
    {% do print_what_to_open() %}
{% endmacro %}


{#- What a frozen build carried over, with its date, and what is not there. -#}
{% macro print_frozen() %}
    {% set claims = run_query("select count(*), count(tested_at), max(tested_at) from " ~ relation_of('tested_claims')).rows[0] %}
    {% set untested = (claims[0] - claims[1]) | int %}
    {% do print('') %}
    {% do print('The build was frozen: nothing was fitted or tested anew.') %}
    {% if claims[1] %}
        {% do print('  tested_claims: ' ~ claims[1] | int ~ ' claims as they were tested on ' ~ claims[2].strftime('%Y-%m-%d')) %}
    {% endif %}
    {% if untested %}
        {% do print('  tested_claims: ' ~ untested ~ ' claims are not tested; a build without refit: frozen tests them') %}
    {% endif %}
    {% if has_inputs('customers', 'spends') %}
        {% set validated_at = run_query("select max(validated_at) from " ~ relation_of('segment_out_of_time_validation')).rows[0][0] %}
        {% if validated_at %}
            {% do print('  segment_out_of_time_validation: as measured on ' ~ validated_at.strftime('%Y-%m-%d')) %}
        {% else %}
            {% do print('  segment_out_of_time_validation: not there; a build without refit: frozen measures it') %}
        {% endif %}
    {% endif %}
{% endmacro %}


{#- The three things to open next, and where to read on. -#}
{% macro print_what_to_open() %}
    {#- What the shell needs to find a file that is published elsewhere. -#}
    {% set folder = one_line(var('published_dir')) %}
    {#- As the shell and YAML read it, whatever signs are in it. #}
    {% set quoted = folder if modules.re.fullmatch('[\\w./-]+', folder) else tojson(folder) | replace("'", "'\\''") %}
    {% set elsewhere = '' if folder == 'published' else " VARS='{published_dir: " ~ quoted ~ "}'" %}
    {% set report = folder ~ '/report.html' %}
    {#- A project that installs this one as a package has no Makefile of it. -#}
    {% set is_package = project_name != 'card_segments' %}
    {% set shell = 'duckdb -readonly ' ~ folder ~ '/cards.duckdb' if is_package else 'make explore' ~ elsewhere %}
    {% set width = [report | length, shell | length] | max %}
    {% do print('Open next:') %}
    {% do print('  ' ~ report.ljust(width) ~ '   the report page: what was found and what to do, in any browser') %}
    {% do print('  ' ~ shell.ljust(width) ~ '   the tables in a SQL shell' ~ (', three questions answered first' if not is_package)) %}
    {% do print('  ' ~ ('dbt docs generate' if is_package else 'make docs').ljust(width) ~ '   what every table and column means, and where it comes from') %}
    {% if is_package %}
        {% do print('BI tools and tours for your work: dbt_packages/card_segments/docs/connect.md and docs/tours/README.md there.') %}
        {{ return('') }}
    {% endif %}
    {% do print('BI tools: docs/connect.md. A tour for your work, from marketing to analytics engineering: docs/tours/README.md.') %}
    {% do print('Your own files: README.md, "Your own data in five steps".') %}
{% endmacro %}


{#- The failed publication checks in words; dbt has printed everything else that went wrong above. -#}
{% macro print_failed_checks(results) %}
    {% set checked = results | selectattr('node.name', 'equalto', 'publication_checks') | selectattr('status', 'equalto', 'success') | list %}
    {% if checked %}
        {% set failed = print_checks("severity = 'error'") | select('in', acceptable_changes()) | list %}
        {% if failed %}
            {% do print("  If that is right, publish it once with --vars '{accept_changes: [" ~ failed | join(', ') ~ "]}'.") %}
        {% endif %}
    {% endif %}
{% endmacro %}


{#- Prints the failed checks of a severity, and returns their names. -#}
{% macro print_checks(condition) %}
    {% set failed = run_query("select check_name, subject, description, round(observed, 4), comparison, round(threshold, 4) from " ~ relation_of('publication_checks') ~ " where not passed and " ~ condition ~ " order by 1, 2") %}
    {% for row in failed.rows %}
        {% do print('  ' ~ row[0] ~ ' of ' ~ one_line(row[1]) ~ ': ' ~ row[2] ~ ' is ' ~ row[3] ~ ', but should be ' ~ row[4] ~ ' ' ~ row[5] ~ '.') %}
    {% endfor %}
    {{ return(failed.columns[0].values() | unique | list) }}
{% endmacro %}
