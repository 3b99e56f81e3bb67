-- One row per cardholder: how the card is used and paid, as flags and as one class.
{{ config(enabled=has_inputs('card_usage')) }}
with

features as (

    select * from {{ ref('int_card_usage__features') }}

),

behaviours as (

    select * from {{ ref('int_card_usage__behaviours') }}

),

classes as (

    select * from {{ ref('behaviour_classes') }}

),

flags as (

    select
        customer_id,
        bool_or(case when behaviour = 'dormant' then is_met end) as is_dormant,
        bool_or(case when behaviour = 'transactor' then is_met end) as is_transactor,
        bool_or(case when behaviour = 'cash_advance_user' then is_met end) as is_cash_advance_user,
        bool_or(case when behaviour = 'minimum_payer' then is_met end) as is_minimum_payer,
        bool_or(case when behaviour = 'revolver' then is_met end) as is_revolver,
        bool_or(case when behaviour = 'vulnerable' then is_met end) as is_vulnerable
    from behaviours
    group by customer_id

),

/* the first class that applies, or that cannot be ruled out: nothing after it is certain */
first_candidates as (

    select
        behaviours.customer_id,
        behaviours.behaviour,
        behaviours.is_met,
        row_number() over (
            partition by behaviours.customer_id
            order by classes.precedence asc, behaviours.behaviour asc
        ) as candidate_rank
    from behaviours
    inner join classes
        on behaviours.behaviour = classes.behaviour_class
    where coalesce(behaviours.is_met, true)

),

classified as (

    select
        -- ids
        features.customer_id,

        -- strings
        case when first_candidates.is_met then first_candidates.behaviour else 'unclassified' end as behaviour_class,

        -- numbers
        features.full_payment_share,
        features.payment_ratio,
        features.limit_utilisation_share,

        -- booleans
        flags.is_dormant,
        flags.is_transactor,
        flags.is_cash_advance_user,
        flags.is_minimum_payer,
        flags.is_revolver,
        flags.is_vulnerable,
        features.payment_ratio is not null as is_minimum_payment_known
    from features
    left join flags
        on features.customer_id = flags.customer_id
    left join first_candidates
        on
            features.customer_id = first_candidates.customer_id
            and first_candidates.candidate_rank = 1

)

select * from classified
