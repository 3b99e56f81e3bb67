-- One row per group and channel: contacts, and whether the group has more of them than its share of customers.
{{ config(enabled=has_inputs('card_relationships')) }}
with

contacts as (

    select * from {{ ref('int_contacts_by_group') }}

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

protected as (

    select
        contacts.*,
        coalesce(segments.segment_name, contacts.group_name) as readable_name,
        {{ is_suppressed_in_total(
            'contacts.customers', 'contacts.group_type, contacts.channel', 'contacts.group_key'
        ) }} as is_suppressed
    from contacts
    left join segments
        on contacts.group_key = segments.segment_key

),

suppressed as (

    select
        group_type,
        group_key,
        channel,
        readable_name as group_name,
        group_position,
        {{ unless_suppressed('customers') }} as customers,
        {{ unless_suppressed('contacts') }} as contacts,
        {{ unless_suppressed('contacts_per_customer') }} as contacts_per_customer,
        {{ unless_suppressed('contacts_per_customer_lower') }} as contacts_per_customer_lower,
        {{ unless_suppressed('contacts_per_customer_upper') }} as contacts_per_customer_upper,
        {{ unless_suppressed('customer_share') }} as customer_share,
        {{ unless_suppressed('contact_share') }} as contact_share,
        {{ unless_suppressed('index_100') }} as index_100,
        group_type = 'all' as is_total,
        is_suppressed
    from protected

)

select * from suppressed
