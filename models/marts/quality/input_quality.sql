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
unused_rows as (

    {% if has_inputs('card_accounts', 'service_contacts') -%}
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
    {%- endif %}
    {% if has_inputs('card_statements') -%}
    select
        'card_statements' as input_name,
        source_file,
        treatment,
        count(*) as unused_rows
    from {{ ref('int_statements_read') }}
    where treatment <> 'counted'
    group by
        source_file,
        treatment
    union all
    {%- endif %}
    {% if has_inputs('card_transactions') -%}
    select
        'card_transactions' as input_name,
        source_file,
        'later' as treatment,
        later_transactions as unused_rows
    from {{ ref('int_transactions_later') }}
    union all
    {%- endif %}
    {% if has_inputs('card_accounts') -%}
    select
        'card_accounts' as input_name,
        source_file,
        'later' as treatment,
        count(*) as unused_rows
    from {{ ref('int_accounts_read') }}
    where is_later
    group by source_file
    union all
    {%- endif %}
    {{ empty_relation({
        'input_name': dbt.type_string(), 'source_file': dbt.type_string(), 'treatment': dbt.type_string(),
        'unused_rows': 'bigint',
    }) }}

),

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
            when 'other_currency' then 'billed in another currency than that of the variable currency'
            when 'other_kind' then 'of an account that is no credit account'
            when 'without_customer' then 'of nobody who is known'
        end as description,
        unused_rows as measured
    from unused_rows

)

select * from measures
