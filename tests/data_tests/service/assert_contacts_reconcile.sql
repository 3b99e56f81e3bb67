with

staged as (

    {% for metric in contact_metrics() %}
    select
        '{{ metric }}' as contact_metric,
        sum({{ metric }}) as contacts
    from {{ ref('int_card_relationships') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

reported as (

    select
        group_type,
        channel,
        sum(contacts) as contacts,
        count(case when is_suppressed then 1 end) > 0 as is_partly_suppressed
    from {{ ref('service_demand') }}
    group by
        group_type,
        channel

)

select
    reported.group_type,
    reported.channel,
    reported.contacts,
    staged.contacts as expected_contacts
from reported
inner join {{ ref('service_channels') }} as channels
    on reported.channel = channels.channel
inner join staged
    on channels.contact_metric = staged.contact_metric
where
    reported.contacts > staged.contacts
    or (not reported.is_partly_suppressed and reported.contacts is distinct from staged.contacts)
