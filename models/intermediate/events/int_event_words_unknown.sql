-- One row per file, column and word or code in a bank's events that no reference seed knows: how many rows have it.
{{ config(
    enabled=has_inputs('card_transactions'),
    post_hook="{{ raise_unknown_words(this, ref('stg_card_transactions__card_transactions')) }}"
) }}
with

/* few among many transactions */
counted as (

    select
        source_file,
        type_word,
        direction_word,
        status_word,
        merchant_category_code,
        count(*) as counted_rows
    from {{ ref('stg_card_transactions__card_transactions') }}
    group by
        source_file,
        type_word,
        direction_word,
        status_word,
        merchant_category_code

),

words as (

    select
        'card_transactions' as input_name,
        source_file,
        column_name,
        word,
        cast(sum(counted_rows) as bigint) as word_rows
    from counted
    unpivot (
        word for column_name in (
            type_word as transaction_type, direction_word as direction, status_word as status, merchant_category_code
        )
    )
    group by
        source_file,
        column_name,
        word
    {%- if has_inputs('card_accounts') %}
    union all
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
    {%- endif %}

),

known_words as (

    select
        'transaction_type' as column_name,
        {{ spelling_key('word') }} as word
    from {{ ref('transaction_types') }}
    union all
    select
        case column_name when 'account_kind' then 'kind' else column_name end as column_name,
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
            words.column_name = known_words.column_name
            and {{ spelling_key('words.word') }} = known_words.word
    left join {{ ref('merchant_categories') }} as merchant_categories
        on
            words.column_name = 'merchant_category_code'
            and length(words.word) = 4
            and words.word between merchant_categories.first_code and merchant_categories.last_code
    where
        known_words.word is null
        and merchant_categories.first_code is null

)

select * from unknown_words
