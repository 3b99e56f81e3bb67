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

{% set has_words = has_inputs('card_transactions') or has_inputs('card_accounts') or has_inputs('service_contacts') -%}
{% if has_words -%}
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
{% if has_inputs('card_accounts', 'service_contacts') -%}
unused_rows as (

    select
        'service_contacts' as input_name,
        source_file,
        treatment,
        count(*) as unused_rows
    from {{ ref('int_contacts_classified') }}
    where treatment <> 'counted'
    group by
        source_file,
        treatment
    union all
    select
        'card_accounts' as input_name,
        source_file,
        'later' as treatment,
        count(*) as unused_rows
    from {{ ref('int_accounts_read') }}
    where is_later
    group by source_file

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
    {%- if has_words %}
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
    {%- if has_inputs('card_accounts', 'service_contacts') %}
    union all
    select
        input_name,
        source_file,
        'unused_rows' as measure,
        cast(null as {{ dbt.type_string() }}) as column_name,
        treatment as rule_name,
        case treatment
            when 'later' then 'after the day that the variable as_of_date names'
            when 'earlier' then 'before the months over which contacts are counted'
            when 'unknown' then 'a channel that event_words does not know'
            when 'without_account' then 'of a customer without an open credit account'
        end as description,
        unused_rows as measured
    from unused_rows
    {%- endif %}

)

select * from measures
