-- One row per population and customer: the customer's segment in every segmentation, and what else is known of them.
{% set population = populations() %}
with

scores as (

    select * from {{ ref('int_segment_scores') }}

),

segments as (

    select
        segments.segmentation,
        segments.segment_number,
        segments.segment_key,
        segment_names.segment_name
    from {{ ref('int_segments') }} as segments
    inner join {{ ref('int_segment_names') }} as segment_names
        on segments.segment_key = segment_names.segment_key

),

/* everyone whom a segmentation looks at, with or without a segment; numbers of segments take less than their keys */
assignments as (

    select
        segmentation,
        customer_id,
        cast(null as integer) as segment_number,
        cast(null as integer) as runner_up_segment_number,
        cast(null as double) as margin
    from {{ ref('int_segmentation_features') }}
    union all
    select
        segmentation,
        customer_id,
        segment_number,
        runner_up_segment_number,
        margin
    from scores

),

memberships as (

    select
        {{ population_of('segmentation') | indent(8) }} as population,
        customer_id,
        max(segment_number) filter (where segmentation = 'spending') as spending_number,
        max(runner_up_segment_number) filter (where segmentation = 'spending') as spending_runner_up_number,
        max(margin) filter (where segmentation = 'spending') as spending_margin,
        max(segment_number) filter (where segmentation = 'relationship') as relationship_number,
        max(runner_up_segment_number) filter (where segmentation = 'relationship') as relationship_runner_up_number,
        max(margin) filter (where segmentation = 'relationship') as relationship_margin,
        max(segment_number) filter (where segmentation = 'card_usage') as card_usage_number,
        max(runner_up_segment_number) filter (where segmentation = 'card_usage') as card_usage_runner_up_number,
        max(margin) filter (where segmentation = 'card_usage') as card_usage_margin,
        max(segment_number) filter (where segmentation = 'repayment') as repayment_number,
        max(runner_up_segment_number) filter (where segmentation = 'repayment') as repayment_runner_up_number,
        max(margin) filter (where segmentation = 'repayment') as repayment_margin,
        count(segment_number) as segments
    from assignments
    group by
        population,
        customer_id

),

/* a segmentation of one's own has no column, so it is listed */
other_memberships as (

    select
        {{ population_of('scores.segmentation') | indent(8) }} as population,
        scores.customer_id,
        {{ dbt.listagg(
            "concat(scores.segmentation, ': ', scores.segment_key)", "', '", 'order by scores.segmentation'
        ) }} as other_segments
    from scores
    where scores.segmentation not in ('spending', 'relationship', 'card_usage', 'repayment')
    group by
        population,
        scores.customer_id

),

spenders as (

    {% if has_inputs('customers', 'spends') %}
    select
        customer_id,
        monthly_income_amount,
        average_monthly_spend_amount,
        income_utilisation_pct,
        (
            select cast({{ dbt.last_day('max(months.spend_month)', 'month') }} as date)
            from {{ ref('int_customer_months_summed') }} as months
        ) as as_of_date
    from {{ ref('int_customers_spend_summed') }}
    {% else %}
    {{ empty_relation({
        'customer_id': dbt.type_string(), 'monthly_income_amount': 'double', 'average_monthly_spend_amount': 'double',
        'income_utilisation_pct': 'double', 'as_of_date': 'date',
    }) }}
    {% endif %}

),

relationships as (

    {% if has_inputs('card_relationships') %}
    select
        customer_id,
        credit_cards,
        branch_visits,
        online_visits,
        calls
    from {{ ref('int_relationship__features') }}
    {% else %}
    {{ empty_relation({
        'customer_id': dbt.type_string(), 'credit_cards': 'double', 'branch_visits': 'double',
        'online_visits': 'double', 'calls': 'double',
    }) }}
    {% endif %}

),

cardholders as (

    {% if has_inputs('card_usage') %}
    select
        customer_id,
        behaviour_class,
        net_value_base_amount,
        is_loss_making,
        is_vulnerable
    from {{ ref('cardholder_value') }}
    {% else %}
    {{ empty_relation({
        'customer_id': dbt.type_string(), 'behaviour_class': dbt.type_string(), 'net_value_base_amount': 'double',
        'is_loss_making': 'boolean', 'is_vulnerable': 'boolean',
    }) }}
    {% endif %}

),

credit_profiles as (

    {% if has_inputs('credit_profiles') %}
    select
        customer_id,
        minimum_payment_answer,
        credit_score,
        payment_delay_days,
        delayed_payments,
        debt_to_income_ratio,
        credit_line_utilisation_pct,
        cast({{ dbt.last_day('profile_month', 'month') }} as date) as as_of_date
    from {{ ref('int_repayment__features') }}
    {% else %}
    {{ empty_relation({
        'customer_id': dbt.type_string(), 'minimum_payment_answer': dbt.type_string(),
        'credit_score': dbt.type_string(), 'payment_delay_days': 'double', 'delayed_payments': 'double',
        'debt_to_income_ratio': 'double', 'credit_line_utilisation_pct': 'double', 'as_of_date': 'date',
    }) }}
    {% endif %}

),

/*
    facts of another population are of other people, even under the same identifier; one key for both, because DuckDB
    would hash the constant alone
*/
described as (

    select
        -- ids
        memberships.population,
        memberships.customer_id,

        -- segments
        spending.segment_key as spending_segment_key,
        spending.segment_name as spending_segment_name,
        spending_runner_up.segment_key as spending_runner_up_segment_key,
        relationship.segment_key as relationship_segment_key,
        relationship.segment_name as relationship_segment_name,
        relationship_runner_up.segment_key as relationship_runner_up_segment_key,
        card_usage.segment_key as card_usage_segment_key,
        card_usage.segment_name as card_usage_segment_name,
        card_usage_runner_up.segment_key as card_usage_runner_up_segment_key,
        repayment.segment_key as repayment_segment_key,
        repayment.segment_name as repayment_segment_name,
        repayment_runner_up.segment_key as repayment_runner_up_segment_key,
        other_memberships.other_segments,

        -- strings
        cardholders.behaviour_class,
        credit_profiles.minimum_payment_answer,
        credit_profiles.credit_score,

        -- numbers
        cast(memberships.segments as integer) as segments,
        memberships.spending_margin,
        memberships.relationship_margin,
        memberships.card_usage_margin,
        memberships.repayment_margin,
        cast(spenders.monthly_income_amount as double) as monthly_income_amount,
        cast(spenders.average_monthly_spend_amount as double) as average_monthly_spend_amount,
        cast(spenders.income_utilisation_pct as double) as income_utilisation_pct,
        cardholders.net_value_base_amount,
        cast(relationships.credit_cards as double) as credit_cards,
        cast(relationships.branch_visits as double) as branch_visits,
        cast(relationships.online_visits as double) as online_visits,
        cast(relationships.calls as double) as calls,
        cast(credit_profiles.payment_delay_days as double) as payment_delay_days,
        cast(credit_profiles.delayed_payments as double) as delayed_payments,
        cast(credit_profiles.debt_to_income_ratio as double) as debt_to_income_ratio,
        cast(credit_profiles.credit_line_utilisation_pct as double) as credit_line_utilisation_pct,

        -- booleans
        cardholders.is_loss_making,
        cardholders.is_vulnerable,

        -- dates
        greatest(spenders.as_of_date, credit_profiles.as_of_date) as as_of_date
    from memberships
    left join segments as spending
        on
            spending.segmentation = 'spending'
            and memberships.spending_number = spending.segment_number
    left join segments as spending_runner_up
        on
            spending_runner_up.segmentation = 'spending'
            and memberships.spending_runner_up_number = spending_runner_up.segment_number
    left join segments as relationship
        on
            relationship.segmentation = 'relationship'
            and memberships.relationship_number = relationship.segment_number
    left join segments as relationship_runner_up
        on
            relationship_runner_up.segmentation = 'relationship'
            and memberships.relationship_runner_up_number = relationship_runner_up.segment_number
    left join segments as card_usage
        on
            card_usage.segmentation = 'card_usage'
            and memberships.card_usage_number = card_usage.segment_number
    left join segments as card_usage_runner_up
        on
            card_usage_runner_up.segmentation = 'card_usage'
            and memberships.card_usage_runner_up_number = card_usage_runner_up.segment_number
    left join segments as repayment
        on
            repayment.segmentation = 'repayment'
            and memberships.repayment_number = repayment.segment_number
    left join segments as repayment_runner_up
        on
            repayment_runner_up.segmentation = 'repayment'
            and memberships.repayment_runner_up_number = repayment_runner_up.segment_number
    left join other_memberships
        on
            memberships.population = other_memberships.population
            and memberships.customer_id = other_memberships.customer_id
    left join spenders
        on
            case
                when memberships.population = {{ sql_text(population.get('spending', '')) }}
                    then memberships.customer_id
            end
            = spenders.customer_id
    left join relationships
        on
            case
                when memberships.population = {{ sql_text(population.get('relationship', '')) }}
                    then memberships.customer_id
            end
            = relationships.customer_id
    left join cardholders
        on
            case
                when memberships.population = {{ sql_text(population.get('card_usage', '')) }}
                    then memberships.customer_id
            end
            = cardholders.customer_id
    left join credit_profiles
        on
            case
                when memberships.population = {{ sql_text(population.get('repayment', '')) }}
                    then memberships.customer_id
            end
            = credit_profiles.customer_id

)

select * from described
