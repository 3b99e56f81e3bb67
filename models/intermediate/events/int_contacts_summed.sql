-- One row per customer with an open credit account: limit, cards and contacts of the period.
{{ config(
    enabled=has_inputs('card_accounts', 'service_contacts'),
    post_hook="{{ raise_unclear_relationships(ref('int_accounts_read'), ref('int_contacts_classified')) }}"
) }}
with

accounts as (

    select
        customer_id,
        {% if var('currency') -%}
        case when coalesce(currency, '{{ var("currency") }}') = '{{ var("currency") }}' then credit_limit_amount end
            as credit_limit_amount,
        {%- else -%}
        credit_limit_amount,
        {%- endif %}
        coalesce(cards, 1) as cards
    from {{ ref('int_accounts_read') }}
    where
        account_kind = 'credit'
        and is_open

),

customers as (

    select
        customer_id,
        cast(avg(cast(credit_limit_amount as decimal(18, 4))) as double) as credit_limit_amount,
        sum(cards) as credit_cards
    from accounts
    group by customer_id

),

contacts as (

    select
        customer_id,
        count(case when channel = 'branch' then 1 end) as branch_visits,
        count(case when channel = 'online' then 1 end) as online_visits,
        count(case when channel = 'call' then 1 end) as calls
    from {{ ref('int_contacts_classified') }}
    where treatment = 'counted'
    group by customer_id

),

/* whoever has not been in contact has no contacts, which is known and not missing */
summed as (

    select
        customers.customer_id as card_relationship_id,
        customers.customer_id as customer_key,
        coalesce(customers.credit_limit_amount, 0) as credit_limit_amount,
        cast(customers.credit_cards as bigint) as credit_cards,
        coalesce(contacts.branch_visits, 0) as branch_visits,
        coalesce(contacts.online_visits, 0) as online_visits,
        coalesce(contacts.calls, 0) as calls
    from customers
    left join contacts
        on customers.customer_id = contacts.customer_id

)

select * from summed
