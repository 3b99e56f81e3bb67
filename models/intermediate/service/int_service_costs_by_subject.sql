-- One row per card relationship, relationship segment and everyone together: what service costs, limits and cards.
{{ config(enabled=has_inputs('card_relationships')) }}
with

relationships as (

    select * from {{ ref('int_relationship__features') }}

),

contacts as (

    select * from {{ ref('int_contacts_by_relationship') }}

),

channels as (

    select * from {{ ref('service_channels') }}

),

memberships as (

    select * from {{ ref('int_relationships_grouped') }}
    where group_type in ('all', 'segment')

),

/* brought to twelve months */
yearly_costs as (

    select
        contacts.customer_id,
        {{ exact_sum('contacts.contacts * channels.contact_cost_low_amount') }}
        * 12 / {{ var('contact_period_months') }} as service_cost_low_amount,
        {{ exact_sum('contacts.contacts * channels.contact_cost_base_amount') }}
        * 12 / {{ var('contact_period_months') }} as service_cost_base_amount,
        {{ exact_sum('contacts.contacts * channels.contact_cost_high_amount') }}
        * 12 / {{ var('contact_period_months') }} as service_cost_high_amount
    from contacts
    inner join channels
        on contacts.channel = channels.channel
    group by contacts.customer_id

),

population as (

    select
        {{ exact_mean('relationships.credit_limit_amount') }} as credit_limit_amount,
        {{ exact_mean('yearly_costs.service_cost_base_amount') }} as service_cost_amount
    from relationships
    inner join yearly_costs
        on relationships.customer_id = yearly_costs.customer_id

),

by_customer as (

    select
        relationships.customer_id,
        relationships.credit_limit_amount,
        cast(relationships.credit_cards as double) as credit_cards,
        yearly_costs.service_cost_low_amount,
        yearly_costs.service_cost_base_amount,
        yearly_costs.service_cost_high_amount,
        100 * relationships.credit_limit_amount / nullif(population.credit_limit_amount, 0) as credit_limit_index_100,
        100 * yearly_costs.service_cost_base_amount / nullif(population.service_cost_amount, 0)
            as service_cost_index_100
    from relationships
    inner join yearly_costs
        on relationships.customer_id = yearly_costs.customer_id
    cross join population

),

by_group as (

    select
        memberships.group_type,
        memberships.group_key,
        memberships.group_name,
        memberships.group_position,
        count(*) as customers,
        {{ exact_mean('by_customer.credit_limit_amount') }} as credit_limit_amount,
        median(by_customer.credit_limit_amount) as median_credit_limit_amount,
        {{ exact_mean('by_customer.credit_cards') }} as credit_cards,
        {{ exact_mean('by_customer.service_cost_low_amount') }} as service_cost_low_amount,
        {{ exact_mean('by_customer.service_cost_base_amount') }} as service_cost_base_amount,
        {{ exact_mean('by_customer.service_cost_high_amount') }} as service_cost_high_amount,
        {{ exact_mean('by_customer.credit_limit_index_100') }} as credit_limit_index_100,
        {{ exact_mean('by_customer.service_cost_index_100') }} as service_cost_index_100
    from memberships
    inner join by_customer
        on memberships.customer_id = by_customer.customer_id
    group by
        memberships.group_type,
        memberships.group_key,
        memberships.group_name,
        memberships.group_position

),

by_subject as (

    select
        'customer' as subject_type,
        customer_id as subject_key,
        cast(null as {{ dbt.type_string() }}) as group_name,
        cast(null as integer) as group_position,
        1 as customers,
        credit_limit_amount,
        credit_limit_amount as median_credit_limit_amount,
        credit_cards,
        service_cost_low_amount,
        service_cost_base_amount,
        service_cost_high_amount,
        credit_limit_index_100,
        service_cost_index_100
    from by_customer
    union all
    select
        group_type as subject_type,
        group_key as subject_key,
        group_name,
        group_position,
        customers,
        credit_limit_amount,
        median_credit_limit_amount,
        credit_cards,
        service_cost_low_amount,
        service_cost_base_amount,
        service_cost_high_amount,
        credit_limit_index_100,
        service_cost_index_100
    from by_group

)

select * from by_subject
