-- One row per card-usage segment, and one for everyone: what its customers are worth to the bank in a year.
{{ config(enabled=has_inputs('card_usage')) }}
with

valued as (

    select * from {{ ref('int_card_usage__segment_values') }}

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

held_back as (

    select distinct
        segment_key,
        is_protected,
        is_repaired,
        is_balance_held_back
    from {{ ref('int_segment_rule_conditions') }}

),

treatments as (

    select * from {{ ref('segment_treatments') }}

),

/* the order of the playbook: protect, then repair, then grow; what recommendations hold back no treatment invites */
treated as (

    select
        valued.segment_key,
        case
            when valued.treatment is null then null
            when valued.treatment = 'serve' or held_back.is_protected then 'serve'
            when valued.treatment = 'grow' and held_back.is_balance_held_back then 'serve'
            when valued.treatment = 'reprice' or held_back.is_repaired then 'reprice'
            else valued.treatment
        end as treatment
    from valued
    left join held_back
        on valued.segment_key = held_back.segment_key

),

/* everyone together and what is not shown are not ranked; ties go by key */
ranks as (

    select
        segment_key,
        cast(
            row_number() over (order by net_value_base_amount desc nulls last, segment_key asc) as bigint
        ) as net_value_rank,
        cast(
            row_number() over (order by yearly_purchases_amount desc nulls last, segment_key asc) as bigint
        ) as purchases_rank
    from valued
    where
        segment_key is not null
        and not is_suppressed

),

segment_values as (

    select
        -- ids
        valued.segmentation,
        valued.segment_key,

        -- strings
        coalesce(segments.segment_name, 'All cardholders') as segment_name,
        treated.treatment,

        -- numbers
        {{ unless_suppressed('valued.customers') }} as customers,
        case when not valued.is_suppressed and not valued.is_count_suppressed then valued.customers_with_value end
            as customers_with_value,
        ranks.net_value_rank,
        ranks.purchases_rank,
        {{ unless_suppressed('valued.yearly_purchases_amount') }} as yearly_purchases_amount,
        {{ unless_suppressed('valued.interchange_amount') }} as interchange_amount,
        {{ unless_suppressed('valued.rewards_amount') }} as rewards_amount,
        {{ unless_suppressed('valued.interest_amount') }} as interest_amount,
        {{ unless_suppressed('valued.cash_advance_interest_amount') }} as cash_advance_interest_amount,
        {{ unless_suppressed('valued.cash_advance_fee_amount') }} as cash_advance_fee_amount,
        {{ unless_suppressed('valued.instalment_fee_amount') }} as instalment_fee_amount,
        {{ unless_suppressed('valued.annual_fee_amount') }} as annual_fee_amount,
        {{ unless_suppressed('valued.funding_cost_amount') }} as funding_cost_amount,
        {{ unless_suppressed('valued.credit_loss_amount') }} as credit_loss_amount,
        {{ unless_suppressed('valued.operating_cost_amount') }} as operating_cost_amount,
        {{ unless_suppressed('valued.net_value_low_amount') }} as net_value_low_amount,
        {{ unless_suppressed('valued.net_value_base_amount') }} as net_value_base_amount,
        {{ unless_suppressed('valued.net_value_high_amount') }} as net_value_high_amount,
        {{ unless_suppressed('valued.total_net_value_low_amount') }} as total_net_value_low_amount,
        {{ unless_suppressed('valued.total_net_value_base_amount') }} as total_net_value_base_amount,
        {{ unless_suppressed('valued.total_net_value_high_amount') }} as total_net_value_high_amount,
        {{ unless_suppressed('valued.net_value_share') }} as net_value_share,
        {{ unless_suppressed('valued.net_value_index_100') }} as net_value_index_100,
        {{ unless_suppressed('valued.loss_making_share') }} as loss_making_share,
        {{ unless_suppressed('valued.vulnerable_customer_share') }} as vulnerable_customer_share,

        -- booleans
        coalesce(treatments.is_upsell_allowed, false) as is_upsell_allowed,
        valued.segment_key is null as is_total,
        valued.is_suppressed
    from valued
    left join segments
        on valued.segment_key = segments.segment_key
    left join treated
        on valued.segment_key = treated.segment_key
    left join treatments
        on treated.treatment = treatments.treatment
    left join ranks
        on valued.segment_key = ranks.segment_key

)

select * from segment_values
