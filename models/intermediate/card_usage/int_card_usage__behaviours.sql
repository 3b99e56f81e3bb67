-- One row per cardholder: which behaviours the rules in behaviour_thresholds find, and the one class they make.
{{ config(enabled=has_inputs('card_usage')) }}
with

features as (

    select * from {{ ref('int_card_usage__features') }}

),

conditions as (

    select * from {{ ref('behaviour_thresholds') }}

),

classes as (

    select * from {{ ref('behaviour_classes') }}

),

cardholders as (

    select
        customer_id,
        greatest(purchases_frequency_share, {{ bounded('cash_advance_frequency_share', maximum=1) }})
            as active_month_share,
        balance_amount,
        cash_advance_amount,
        cash_advance_frequency_share,
        /* a card that was not used took no cash */
        coalesce(cash_advance_share_of_usage, 0) as cash_advance_share_of_usage,
        cash_advance_transactions,
        full_payment_share,
        limit_utilisation_share,
        payment_ratio,
        payments_amount,
        purchase_transactions,
        purchases_amount,
        purchases_frequency_share,
        tenure_months
    from features

),

metric_values as (

    select
        cardholders.customer_id,
        conditions.behaviour,
        conditions.rule_key,
        conditions.operator,
        conditions.threshold,
        case conditions.metric
            when 'active_month_share' then cardholders.active_month_share
            when 'balance_amount' then cardholders.balance_amount
            when 'cash_advance_amount' then cardholders.cash_advance_amount
            when 'cash_advance_frequency_share' then cardholders.cash_advance_frequency_share
            when 'cash_advance_share_of_usage' then cardholders.cash_advance_share_of_usage
            when 'cash_advance_transactions' then cardholders.cash_advance_transactions
            when 'full_payment_share' then cardholders.full_payment_share
            when 'limit_utilisation_share' then cardholders.limit_utilisation_share
            when 'payment_ratio' then cardholders.payment_ratio
            when 'payments_amount' then cardholders.payments_amount
            when 'purchase_transactions' then cardholders.purchase_transactions
            when 'purchases_amount' then cardholders.purchases_amount
            when 'purchases_frequency_share' then cardholders.purchases_frequency_share
            when 'tenure_months' then cardholders.tenure_months
        end as metric_value
    from cardholders
    cross join conditions

),

conditions_checked as (

    select
        customer_id,
        behaviour,
        rule_key,
        {{ compared('metric_value', 'operator', 'threshold') }} as is_met
    from metric_values

),

/* a rule holds where all of its conditions do; a missing figure leaves it open unless another condition fails */
rules_checked as (

    select
        customer_id,
        behaviour,
        rule_key,
        case
            when count(*) filter (where not is_met) > 0 then false
            when count(*) filter (where is_met is null) = 0 then true
        end as is_met
    from conditions_checked
    group by
        customer_id,
        behaviour,
        rule_key

),

/* a behaviour applies where any of its rules holds; it is out only where every rule is known to fail */
behaviours as (

    select
        customer_id,
        behaviour,
        case
            when count(*) filter (where is_met) > 0 then true
            when count(*) filter (where is_met is null) = 0 then false
        end as is_met
    from rules_checked
    group by
        customer_id,
        behaviour

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
        features.customer_id,
        case when first_candidates.is_met then first_candidates.behaviour else 'unclassified' end as behaviour_class,
        flags.is_dormant,
        flags.is_transactor,
        flags.is_cash_advance_user,
        flags.is_minimum_payer,
        flags.is_revolver,
        flags.is_vulnerable
    from features
    left join flags
        on features.customer_id = flags.customer_id
    left join first_candidates
        on
            features.customer_id = first_candidates.customer_id
            and first_candidates.candidate_rank = 1

)

select * from classified
