-- One row per file, column and word or code in a bank's events that no reference seed knows: how many rows have it.
{{ config(
    enabled=given_inputs() | select('in', ['card_transactions', 'card_accounts', 'service_contacts']) | list | length > 0,
    post_hook="{{ raise_unknown_words(this) }}"
) }}
with

words as (

    {% if has_inputs('card_transactions') -%}
    select
        'card_transactions' as input_name,
        source_file,
        column_name,
        word,
        cast(sum(counted_rows) as bigint) as word_rows
    from (
        /* few among many transactions */
        select
            source_file,
            type_word,
            direction_word,
            status_word,
            channel_word,
            merchant_category_code,
            count(*) as counted_rows
        from {{ ref('stg_card_transactions__card_transactions') }}
        group by
            source_file,
            type_word,
            direction_word,
            status_word,
            channel_word,
            merchant_category_code
    ) as counted
    unpivot (
        word for column_name in (
            type_word as transaction_type, direction_word as direction, status_word as status, channel_word as channel,
            merchant_category_code
        )
    )
    group by
        source_file,
        column_name,
        word
    union all
    {%- endif %}
    {%- if has_inputs('card_accounts') %}
    select
        'card_accounts' as input_name,
        source_file,
        'kind' as column_name,
        kind_word as word,
        count(*) as word_rows
    from {{ ref('stg_card_accounts__card_accounts') }}
    where kind_word is not null
    group by
        source_file,
        kind_word
    union all
    {%- endif %}
    {%- if has_inputs('service_contacts') %}
    select
        'service_contacts' as input_name,
        source_file,
        'channel' as column_name,
        channel_word as word,
        count(*) as word_rows
    from {{ ref('stg_service_contacts__service_contacts') }}
    group by
        source_file,
        channel_word
    union all
    {%- endif %}
    {{ empty_relation({
        'input_name': dbt.type_string(), 'source_file': dbt.type_string(), 'column_name': dbt.type_string(),
        'word': dbt.type_string(), 'word_rows': 'bigint',
    }) }}

),

known_words as (

    {% if has_inputs('card_transactions') -%}
    select
        'transaction_type' as column_name,
        {{ spelling_key('word') }} as word
    from {{ ref('transaction_types') }}
    union all
    {%- endif %}
    select
        column_name,
        {{ spelling_key('word') }} as word
    from {{ ref('event_words') }}

),

unknown_words as (

    select
        words.input_name,
        words.source_file,
        words.column_name,
        words.word,
        words.word_rows
    from words
    left join known_words
        on
            known_words.column_name = case
                when words.column_name = 'kind' then 'account_kind'
                when words.column_name = 'channel' and words.input_name = 'service_contacts' then 'contact_channel'
                when words.column_name = 'channel' then 'card_channel'
                else words.column_name
            end
            and {{ spelling_key('words.word') }} = known_words.word
    {%- if has_inputs('card_transactions') %}
    left join {{ ref('merchant_categories') }} as merchant_categories
        on
            words.column_name = 'merchant_category_code'
            and length(words.word) = 4
            and words.word between merchant_categories.first_code and merchant_categories.last_code
    {%- endif %}
    where
        known_words.word is null
        {%- if has_inputs('card_transactions') %}
        and merchant_categories.first_code is null
        {%- endif %}

)

select * from unknown_words
