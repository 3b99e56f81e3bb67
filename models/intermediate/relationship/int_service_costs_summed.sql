-- One row per card relationship: what a year of its contacts costs, and where it stands against everyone.
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

costs as (

    select
        {% for estimate in estimates() %}
        {{ exact_sum('contacts.contacts * channels.contact_cost_' ~ estimate ~ '_amount') }}
        * 12 / {{ var('contact_period_months') }} as service_cost_{{ estimate }}_amount,
        {% endfor %}
        contacts.customer_id
    from contacts
    inner join channels
        on contacts.channel = channels.channel
    group by contacts.customer_id

),

population as (

    select
        {{ exact_mean('relationships.credit_limit_amount') }} as credit_limit_amount,
        {{ exact_mean('costs.service_cost_base_amount') }} as service_cost_amount
    from relationships
    inner join costs
        on relationships.customer_id = costs.customer_id

),

measured as (

    select
        relationships.customer_id,
        relationships.credit_limit_amount,
        cast(relationships.credit_cards as double) as credit_cards,
        costs.service_cost_low_amount,
        costs.service_cost_base_amount,
        costs.service_cost_high_amount,
        100 * relationships.credit_limit_amount / nullif(population.credit_limit_amount, 0) as credit_limit_index_100,
        100 * costs.service_cost_base_amount / nullif(population.service_cost_amount, 0) as service_cost_index_100
    from relationships
    inner join costs
        on relationships.customer_id = costs.customer_id
    cross join population

)

select * from measured
