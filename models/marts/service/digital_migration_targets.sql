-- One row per group and channel whose contacts could move online: how many, what that saves, and whether to ask for it.
{{ config(enabled=has_inputs('card_relationships')) }}
with

contacts as (

    select * from {{ ref('int_contacts_by_group') }}
    where group_type in ({{ sql_list(staffed_group_types()) }})

),

channels as (

    select * from {{ ref('service_channels') }}

),

labels as (

    select * from {{ ref('segment_metrics') }}

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

/* the low estimate of a saving takes the dearest online contact, the high one the cheapest */
moved as (

    select
        contacts.group_type,
        contacts.group_key,
        contacts.channel,
        channels.moves_to_channel,
        coalesce(labels.label, channels.contact_metric) as contacts_name,
        coalesce(segments.segment_name, contacts.group_name) as group_name,
        contacts.group_position,
        contacts.customers,
        contacts.yearly_contacts,
        contacts.contacts_per_customer,
        contacts.index_100,
        contacts.online_user_share,
        channels.smallest_migration_index,
        channels.smallest_online_user_share,
        contacts.yearly_contacts * channels.movable_share_low as movable_contacts_low,
        contacts.yearly_contacts * channels.movable_share_base as movable_contacts_base,
        contacts.yearly_contacts * channels.movable_share_high as movable_contacts_high,
        contacts.yearly_contacts * channels.movable_share_low * channels.handling_minutes_low / 60
            as saved_hours_low,
        contacts.yearly_contacts * channels.movable_share_base * channels.handling_minutes_base / 60
            as saved_hours_base,
        contacts.yearly_contacts * channels.movable_share_high * channels.handling_minutes_high / 60
            as saved_hours_high,
        contacts.yearly_contacts * channels.movable_share_low
        * (channels.contact_cost_low_amount - online_channels.contact_cost_high_amount) as saved_cost_low_amount,
        contacts.yearly_contacts * channels.movable_share_base
        * (channels.contact_cost_base_amount - online_channels.contact_cost_base_amount) as saved_cost_base_amount,
        contacts.yearly_contacts * channels.movable_share_high
        * (channels.contact_cost_high_amount - online_channels.contact_cost_low_amount) as saved_cost_high_amount,
        coalesce(contacts.index_100 >= channels.smallest_migration_index, false) as is_used_more,
        coalesce(contacts.online_user_share >= channels.smallest_online_user_share, false) as is_used_to_online
    from contacts
    inner join channels
        on contacts.channel = channels.channel
    inner join channels as online_channels
        on channels.moves_to_channel = online_channels.channel
    left join labels
        on channels.contact_metric = labels.metric
    left join segments
        on contacts.group_key = segments.segment_key

),

reasoned as (

    select
        *,
        case when is_used_more and is_used_to_online then 'Target' else 'No target' end || ': '
        || contacts_name || ' of a customer are '
        || coalesce({{ rounded_text('index_100') }}, 'unknown') || ' percent of the average ('
        || case when is_used_more then 'at least ' else 'less than ' end
        || {{ rounded_text('smallest_migration_index') }} || '), and '
        || {{ rounded_text('100 * online_user_share') }} || ' percent of the customers go online already ('
        || case when is_used_to_online then 'at least ' else 'less than ' end
        || {{ rounded_text('100 * smallest_online_user_share') }} || ').' as reason,
        is_used_more and is_used_to_online as is_target,
        {{ is_suppressed_in_total('customers', 'group_type, channel', 'group_key') }} as is_suppressed
    from moved

),

suppressed as (

    select
        group_type,
        group_key,
        channel,
        moves_to_channel,
        group_name,
        {{ unless_suppressed('reason') }} as reason,
        group_position,
        {{ unless_suppressed('customers') }} as customers,
        {{ unless_suppressed('yearly_contacts') }} as yearly_contacts,
        {{ unless_suppressed('index_100') }} as index_100,
        {{ unless_suppressed('online_user_share') }} as online_user_share,
        {{ unless_suppressed('movable_contacts_low') }} as movable_contacts_low,
        {{ unless_suppressed('movable_contacts_base') }} as movable_contacts_base,
        {{ unless_suppressed('movable_contacts_high') }} as movable_contacts_high,
        {{ unless_suppressed('saved_hours_low') }} as saved_hours_low,
        {{ unless_suppressed('saved_hours_base') }} as saved_hours_base,
        {{ unless_suppressed('saved_hours_high') }} as saved_hours_high,
        {{ unless_suppressed('saved_cost_low_amount') }} as saved_cost_low_amount,
        {{ unless_suppressed('saved_cost_base_amount') }} as saved_cost_base_amount,
        {{ unless_suppressed('saved_cost_high_amount') }} as saved_cost_high_amount,
        {{ unless_suppressed('is_target') }} as is_target,
        group_type = 'all' as is_total,
        is_suppressed
    from reasoned

)

select * from suppressed
