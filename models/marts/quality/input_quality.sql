-- One row per input file and measure: rows read, loaded and rejected, and values repaired, by column and rule.
with

input_rows as (

    select * from {{ ref('int_input_rows') }}

),

rejects as (

    select * from {{ ref('int_input_rejects') }}

),

repairs as (

    select * from {{ ref('int_input_repairs') }}

),

{% if has_inputs('card_transactions') -%}
/* a word that few rows have may say something of one of them */
unknown_words as (

    select
        input_name,
        source_file,
        column_name,
        case
            when word_rows >= {{ var('minimum_cell_size') }} and length(word) <= 40 then word
            else 'rare or long words'
        end as word,
        cast(sum(word_rows) as bigint) as word_rows
    from {{ ref('int_event_words_unknown') }}
    group by all

),

{% endif -%}
measures as (

    select
        input_name,
        source_file,
        measure,
        cast(null as {{ dbt.type_string() }}) as column_name,
        cast(null as {{ dbt.type_string() }}) as rule_name,
        case measure
            when 'read_rows' then 'rows read from the file'
            when 'loaded_rows' then 'rows loaded'
            when 'rejected_rows' then 'rows rejected'
        end as description,
        measured
    from input_rows
    unpivot (measured for measure in (read_rows, loaded_rows, rejected_rows))
    union all
    select
        input_name,
        source_file,
        'rejected_rows_by_rule' as measure,
        column_name,
        reject_rule as rule_name,
        reject_reason as description,
        count(*) as measured
    from rejects
    group by
        input_name,
        source_file,
        column_name,
        reject_rule,
        reject_reason
    union all
    select
        input_name,
        source_file,
        'repaired_values' as measure,
        column_name,
        repair_rule as rule_name,
        repair_description as description,
        repaired_values as measured
    from repairs
    {%- if has_inputs('card_transactions') %}
    union all
    select
        input_name,
        source_file,
        'unknown_words' as measure,
        column_name,
        word as rule_name,
        'a word or code that no reference seed knows' as description,
        word_rows as measured
    from unknown_words
    {%- endif %}

)

select * from measures
