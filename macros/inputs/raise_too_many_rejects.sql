{#-
    Ends the build before the marts when too many rows of an input had to be rejected. A post-hook of
    the examined rows.
-#}
{% macro raise_too_many_rejects(input_name, examined_rows) %}
    {% if execute and flags.WHICH in ('build', 'run') and not flags.EMPTY %}
        {% do raise_problems(examination_problems(input_name, examined_rows)) %}
    {% endif %}
{% endmacro %}


{#- What in the examined rows would stop a build, in sentences; of rows that are loaded as text, loading tells identifiers. -#}
{% macro examination_problems(input_name, examined_rows) %}
    {% set identified = passed_identifiers(input_name, relation_of(input_name), examined_rows) if is_read_in_place(input_name) else [] %}
    {{ return(identified + reject_problems(input_name, examined_rows)) }}
{% endmacro %}


{#-
    The sentence of an input with more than `maximum_reject_share` of rejected rows, as a list of none or
    one. Rows that a later file replaced are corrected, not faulty, and do not count.
-#}
{% macro reject_problems(input_name, examined_rows) %}
    {% set rows = run_query(
        "select count(*) filter (where reject_rule <> 'replaced'), count(reject_rule) from " ~ examined_rows
    ).rows[0] %}
    {% set read_rows = query_value("count(*) from " ~ relation_of(input_name)) | int %}
    {% set rejected_rows, loaded_rows = rows[0] | int, read_rows - (rows[1] | int) %}
    {% if read_rows == 0 or (loaded_rows > 0 and rejected_rows <= var('maximum_reject_share') * read_rows) %}
        {{ return([]) }}
    {% endif %}
    {% set most = reject_examples(examined_rows)[0] %}
    {{ return([
        "Of " ~ '{:,}'.format(read_rows) ~ " rows of the input '" ~ input_name ~ "', " ~ '{:,}'.format(rejected_rows) ~ " had to be rejected (" ~ '%.1f' | format(100 * rejected_rows / read_rows)
        ~ " %), more than maximum_reject_share allows (" ~ '%.1f' | format(100 * var('maximum_reject_share')) ~ " %). Most often, " ~ '{:,}'.format(most.rows) ~ " times in " ~ most.file ~ ", "
        ~ most.sentence ~ ". " ~ ("Replace such values by numbers of your own before the export, or " ~ trust_sentence(input_name, most.column) if most.rule == 'identifier' else "Correct the file, or set maximum_reject_share higher if the build may leave so many rows out; make check-inputs lists every kind of rejection.")
    ]) }}
{% endmacro %}


{#- The kinds of rejections of an input, the most frequent first, each with its first row as an example. -#}
{% macro reject_examples(examined_rows) %}
    {% set examples = [] %}
    {% set found = run_query(
        "select source_file, reject_column, reject_rule, reject_reason, count(*) as rejected_rows, min(source_row) as first_row, "
        ~ "min_by(reject_value, source_row) as example from " ~ examined_rows ~ " where reject_rule is not null "
        ~ "group by source_file, reject_column, reject_rule, reject_reason order by reject_rule = 'replaced', rejected_rows desc, source_file, reject_column, reject_rule"
    ) %}
    {% for row in found.rows %}
        {% set subject = 'the row' if row[1] == '(row)' else row[1] %}
        {% set example = " ('" ~ row[6] ~ "' with its letters and digits masked)" if row[6] else '' %}
        {% do examples.append({
            'file': row[0], 'column': row[1], 'rule': row[2], 'rows': row[4] | int,
            'sentence': subject ~ ' ' ~ row[3] ~ ', first in row ' ~ (row[5] | int) ~ example
        }) %}
    {% endfor %}
    {{ return(examples) }}
{% endmacro %}
