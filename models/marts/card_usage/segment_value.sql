-- One row per card-usage segment, and one for everyone: what its customers are worth to the bank in a year.
{{ config(enabled=has_inputs('card_usage')) }}
{% set components = value_components() %}
with

groups as (

    select * from {{ ref('int_card_usage__groups') }}

),

cardholder_values as (

    select * from {{ ref('cardholder_value') }}

),

treatments as (

    select * from {{ ref('segment_treatments') }}

),

summed as (

    select
        groups.segmentation,
        groups.segment_key,
        groups.segment_name,
        count(*) as customers,
        count(cardholder_values.net_value_base_amount) as customers_with_value,
        {{ exact_mean('cardholder_values.yearly_purchases_amount') }} as yearly_purchases_amount,
        {% for component in components %}
        {{ exact_mean(
            'case when cardholder_values.net_value_base_amount is not null then cardholder_values.' ~ component ~ '_amount end'
        ) }} as {{ component }}_amount,
        {% endfor %}
        {% for estimate in estimates() %}
        {{ exact_mean('cardholder_values.net_value_' ~ estimate ~ '_amount') }} as net_value_{{ estimate }}_amount,
        {{ exact_sum('cardholder_values.net_value_' ~ estimate ~ '_amount') }} as total_net_value_{{ estimate }}_amount,
        {% endfor %}
        cast(count(*) filter (where cardholder_values.is_loss_making) as double)
        / nullif(count(cardholder_values.is_loss_making), 0) as loss_making_share,
        cast(count(*) filter (where cardholder_values.is_vulnerable) as double)
        / nullif(count(cardholder_values.is_vulnerable), 0) as vulnerable_customer_share
    from groups
    inner join cardholder_values
        on groups.customer_id = cardholder_values.customer_id
    group by
        groups.segmentation,
        groups.segment_key,
        groups.segment_name

),

population as (

    select
        net_value_base_amount,
        total_net_value_base_amount
    from summed
    where segment_key is null

),

/* everyone less the segments that are shown must not give away one that is not */
judged as (

    select
        *,
        {{ is_suppressed_in_total('customers', 'segmentation, segment_key is null', 'segment_key') }} as is_suppressed
    from summed

),

compared as (

    select
        judged.*,
        case
            when population.total_net_value_base_amount > 0
                then judged.total_net_value_base_amount / population.total_net_value_base_amount
        end as net_value_share,
        case
            when population.net_value_base_amount > 0
                then 100 * judged.net_value_base_amount / population.net_value_base_amount
        end as net_value_index_100,
        case
            when judged.segment_key is null or judged.is_suppressed then null
            when judged.vulnerable_customer_share > {{ var('maximum_vulnerable_share') }} then 'serve'
            when judged.net_value_base_amount < 0 then 'reprice'
            when judged.net_value_base_amount >= population.net_value_base_amount then 'keep'
            when judged.net_value_base_amount >= 0 then 'grow'
        end as treatment
    from judged
    cross join population

),

/* everyone together and what is not shown take no place; ties go by key */
ranks as (

    select
        segment_key,
        row_number() over (order by net_value_base_amount desc nulls last, segment_key asc) as net_value_rank,
        row_number() over (order by yearly_purchases_amount desc nulls last, segment_key asc) as purchases_rank
    from compared
    where
        segment_key is not null
        and not is_suppressed

),

segment_values as (

    select
        -- ids
        compared.segmentation,
        compared.segment_key,

        -- strings
        compared.segment_name,
        compared.treatment,

        -- numbers
        compared.customers,
        compared.customers_with_value,
        ranks.net_value_rank,
        ranks.purchases_rank,
        {{ unless_suppressed('compared.yearly_purchases_amount') }} as yearly_purchases_amount,
        {% for component in components %}
        {{ unless_suppressed('compared.' ~ component ~ '_amount') }} as {{ component }}_amount,
        {% endfor %}
        {% for estimate in estimates() %}
        {{ unless_suppressed('compared.net_value_' ~ estimate ~ '_amount') }}
            as net_value_{{ estimate }}_amount,
        {% endfor %}
        {% for estimate in estimates() %}
        {{ unless_suppressed('compared.total_net_value_' ~ estimate ~ '_amount') }}
            as total_net_value_{{ estimate }}_amount,
        {% endfor %}
        {{ unless_suppressed('compared.net_value_share') }} as net_value_share,
        {{ unless_suppressed('compared.net_value_index_100') }} as net_value_index_100,
        {{ unless_suppressed('compared.loss_making_share') }} as loss_making_share,
        {{ unless_suppressed('compared.vulnerable_customer_share') }} as vulnerable_customer_share,

        -- booleans
        coalesce(treatments.is_upsell_allowed, false) as is_upsell_allowed,
        compared.is_suppressed
    from compared
    left join treatments
        on compared.treatment = treatments.treatment
    left join ranks
        on compared.segment_key = ranks.segment_key

)

select * from segment_values
