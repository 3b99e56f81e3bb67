-- One row per group and channel: contacts, and whether the group has more of them than its share of customers.
with

contacts as (

    select * from {{ ref('int_contacts_by_group') }}

),

suppressed as (

    select
        group_type,
        group_key,
        channel,
        group_name,
        group_position,
        customers,
        {{ unless_small_cell('contacts') }} as contacts,
        {{ unless_small_cell('contacts_per_customer') }} as contacts_per_customer,
        {{ unless_small_cell('contacts_per_customer_lower') }} as contacts_per_customer_lower,
        {{ unless_small_cell('contacts_per_customer_upper') }} as contacts_per_customer_upper,
        customer_share,
        {{ unless_small_cell('contact_share') }} as contact_share,
        {{ unless_small_cell('index_100') }} as index_100,
        customers < {{ var('minimum_cell_size') }} as is_suppressed
    from contacts

)

select * from suppressed
