-- One row per group and channel: contacts against the group's share of customers, and those of the planned book.
{{ config(enabled=has_inputs('card_relationships')) }}
{% set student_quantile %}{{ upper_student_quantile(normal_quantile_975(), 'customers - 1') }}{% endset %}
with

memberships as (

    select * from {{ ref('int_relationships_grouped') }}

),

contacts as (

    select * from {{ ref('int_contacts_by_relationship') }}

),

online_channels as (

    select
        channel,
        moves_to_channel
    from {{ ref('service_channels') }}

),

/* who already uses the channel that contacts could move to */
relationship_contacts as (

    select
        contacts.customer_id,
        contacts.channel,
        contacts.contacts,
        online_contacts.contacts as online_contacts
    from contacts
    inner join online_channels
        on contacts.channel = online_channels.channel
    left join contacts as online_contacts
        on
            contacts.customer_id = online_contacts.customer_id
            and online_channels.moves_to_channel = online_contacts.channel

),

counted as (

    select
        memberships.group_type,
        memberships.group_key,
        relationship_contacts.channel,
        memberships.group_name,
        memberships.group_position,
        count(*) as customers,
        cast(sum(relationship_contacts.contacts) as bigint) as contacts,
        cast(
            sum(cast(relationship_contacts.contacts as decimal(18, 0)) * relationship_contacts.contacts) as double
        ) as squared_contacts,
        cast(count(case when relationship_contacts.online_contacts > 0 then 1 end) as double) / count(*)
            as online_user_share
    from memberships
    inner join relationship_contacts
        on memberships.customer_id = relationship_contacts.customer_id
    group by
        memberships.group_type,
        memberships.group_key,
        relationship_contacts.channel,
        memberships.group_name,
        memberships.group_position

),

population as (

    select * from counted
    where group_type = 'all'

),

/* the square root of the mean's variance, from whole numbers only, so it repeats to the last digit */
measured as (

    select
        counted.*,
        cast(counted.contacts as double) / counted.customers as contacts_per_customer,
        sqrt(
            greatest(
                0,
                counted.squared_contacts - cast(counted.contacts as double) * counted.contacts / counted.customers
            ) / nullif(counted.customers - 1, 0) / counted.customers
        ) as standard_error,
        cast(counted.customers as double) / population.customers as customer_share,
        cast(counted.contacts as double) / nullif(population.contacts, 0) as contact_share,
        population.customers as population_customers
    from counted
    inner join population
        on counted.channel = population.channel

),

planned as (

    select
        group_type,
        group_key,
        channel,
        group_name,
        group_position,
        customers,
        contacts,
        contacts_per_customer,
        {{ bounded('contacts_per_customer - standard_error * ' ~ student_quantile, minimum=0) }}
            as contacts_per_customer_lower,
        contacts_per_customer + standard_error * {{ student_quantile }} as contacts_per_customer_upper,
        customer_share,
        contact_share,
        100 * contact_share / customer_share as index_100,
        online_user_share,
        customer_share * {{ var('staffing_customers') or 'population_customers' }} as planned_customers,
        contacts_per_customer * customer_share * {{ var('staffing_customers') or 'population_customers' }}
        * 12 / {{ var('contact_period_months') }} as yearly_contacts
    from measured

)

select * from planned
