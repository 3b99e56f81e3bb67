-- One row per card-usage segment, and one for everyone: what its customers are worth, and the treatment that follows.
{{ config(enabled=has_inputs('card_usage')) }}
with

cardholder_values as (

    select * from {{ ref('int_card_usage__values') }}

),

scores as (

    select * from {{ ref('int_segment_scores') }}
    where segmentation = 'card_usage'

),

treatments as (

    select * from {{ ref('segment_treatments') }}

),

/* a segmentation that was not published has no segments, but everyone is there */
groups as (

    select
        cast(null as {{ dbt.type_string() }}) as segment_key,
        customer_id
    from cardholder_values
    union all
    select
        segment_key,
        customer_id
    from scores

),

/* components over those whose value is known, so that their means add up to its mean */
summed as (

    select
        groups.segment_key,
        count(*) as customers,
        count(cardholder_values.net_value_base_amount) as customers_with_value,
        {{ exact_mean('cardholder_values.purchases_amount') }} as yearly_purchases_amount,
        {% for component in value_components() -%}{# ten times the same mean #}
        {{ exact_mean(
            'case when cardholder_values.net_value_base_amount is not null then cardholder_values.' ~ component ~ '_amount end'
        ) }} as {{ component }}_amount,
        {% endfor -%}
        {{ exact_mean('cardholder_values.net_value_low_amount') }} as net_value_low_amount,
        {{ exact_mean('cardholder_values.net_value_base_amount') }} as net_value_base_amount,
        {{ exact_mean('cardholder_values.net_value_high_amount') }} as net_value_high_amount,
        {{ exact_sum('cardholder_values.net_value_low_amount') }} as total_net_value_low_amount,
        {{ exact_sum('cardholder_values.net_value_base_amount') }} as total_net_value_base_amount,
        {{ exact_sum('cardholder_values.net_value_high_amount') }} as total_net_value_high_amount,
        cast(count(*) filter (where cardholder_values.is_loss_making) as double)
        / nullif(count(cardholder_values.is_loss_making), 0) as loss_making_share,
        cast(count(*) filter (where cardholder_values.is_vulnerable) as double)
        / nullif(count(cardholder_values.is_vulnerable), 0) as vulnerable_customer_share
    from groups
    inner join cardholder_values
        on groups.customer_id = cardholder_values.customer_id
    group by groups.segment_key

),

population as (

    select
        net_value_base_amount,
        total_net_value_base_amount
    from summed
    where segment_key is null

),

/* everyone less the segments that are shown must not disclose one that is not */
protected as (

    select
        *,
        {{ is_suppressed_in_total('customers', 'segment_key is null', 'segment_key') }} as is_suppressed
    from summed

),

treated as (

    select
        protected.*,
        case
            when population.total_net_value_base_amount > 0
                then protected.total_net_value_base_amount / population.total_net_value_base_amount
        end as net_value_share,
        case
            when population.net_value_base_amount > 0
                then 100 * protected.net_value_base_amount / population.net_value_base_amount
        end as net_value_index_100,
        case
            when protected.segment_key is null or protected.is_suppressed then null
            /* a share that nobody knows may be any, so it is no reason to sell */
            when
                protected.vulnerable_customer_share is null
                or protected.vulnerable_customer_share > {{ var('maximum_vulnerable_share') }}
                then 'serve'
            when protected.net_value_base_amount < 0 then 'reprice'
            when protected.net_value_base_amount >= population.net_value_base_amount then 'keep'
            when protected.net_value_base_amount >= 0 then 'grow'
        end as treatment
    from protected
    cross join population

),

valued as (

    select
        'card_usage' as segmentation,
        treated.*,
        coalesce(treatments.is_upsell_allowed, false) as is_upsell_allowed
    from treated
    left join treatments
        on treated.treatment = treatments.treatment

)

select * from valued
