-- One row per population and customer: the customer's segment in every segmentation, and what else is known of them.
{% set population = populations() %}
with

customers as (

    select
        segmentation,
        customer_id,
        {{ population_of('segmentation') | indent(8) }} as population
    from {{ ref('int_segmentation_features') }}

),

members as (

    select * from {{ ref('segment_members') }}

),

/* a segmentation of one's own has no column, so it is listed */
memberships as (

    select
        customers.population,
        customers.customer_id,
        max(members.segment_key) filter (where members.segmentation = 'spending') as spending_segment_key,
        max(members.segment_name) filter (where members.segmentation = 'spending') as spending_segment_name,
        max(members.runner_up_segment_key) filter (where members.segmentation = 'spending')
            as spending_runner_up_segment_key,
        max(members.margin) filter (where members.segmentation = 'spending') as spending_margin,
        max(members.segment_key) filter (where members.segmentation = 'relationship') as relationship_segment_key,
        max(members.segment_name) filter (where members.segmentation = 'relationship') as relationship_segment_name,
        max(members.runner_up_segment_key) filter (where members.segmentation = 'relationship')
            as relationship_runner_up_segment_key,
        max(members.margin) filter (where members.segmentation = 'relationship') as relationship_margin,
        max(members.segment_key) filter (where members.segmentation = 'card_usage') as card_usage_segment_key,
        max(members.segment_name) filter (where members.segmentation = 'card_usage') as card_usage_segment_name,
        max(members.runner_up_segment_key) filter (where members.segmentation = 'card_usage')
            as card_usage_runner_up_segment_key,
        max(members.margin) filter (where members.segmentation = 'card_usage') as card_usage_margin,
        max(members.segment_key) filter (where members.segmentation = 'repayment') as repayment_segment_key,
        max(members.segment_name) filter (where members.segmentation = 'repayment') as repayment_segment_name,
        max(members.runner_up_segment_key) filter (where members.segmentation = 'repayment')
            as repayment_runner_up_segment_key,
        max(members.margin) filter (where members.segmentation = 'repayment') as repayment_margin,
        string_agg(
            case
                when members.segmentation not in ('spending', 'relationship', 'card_usage', 'repayment')
                    then concat(members.segmentation, ': ', members.segment_key)
            end,
            ', ' order by members.segmentation
        ) as other_segments,
        count(members.segment_key) as segments
    from customers
    left join members
        on
            customers.segmentation = members.segmentation
            and customers.customer_id = members.customer_id
    group by
        customers.population,
        customers.customer_id

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

/* facts of another population are of other people, even under the same identifier */
described as (

    select
        -- ids
        memberships.population,
        memberships.customer_id,

        -- segments
        memberships.spending_segment_key,
        memberships.spending_segment_name,
        memberships.spending_runner_up_segment_key,
        memberships.relationship_segment_key,
        memberships.relationship_segment_name,
        memberships.relationship_runner_up_segment_key,
        memberships.card_usage_segment_key,
        memberships.card_usage_segment_name,
        memberships.card_usage_runner_up_segment_key,
        memberships.repayment_segment_key,
        memberships.repayment_segment_name,
        memberships.repayment_runner_up_segment_key,
        memberships.other_segments,

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
    left join spenders
        on
            memberships.customer_id = spenders.customer_id
            and memberships.population = {{ sql_text(population.get('spending', '')) }}
    left join relationships
        on
            memberships.customer_id = relationships.customer_id
            and memberships.population = {{ sql_text(population.get('relationship', '')) }}
    left join cardholders
        on
            memberships.customer_id = cardholders.customer_id
            and memberships.population = {{ sql_text(population.get('card_usage', '')) }}
    left join credit_profiles
        on
            memberships.customer_id = credit_profiles.customer_id
            and memberships.population = {{ sql_text(population.get('repayment', '')) }}

)

select * from described
