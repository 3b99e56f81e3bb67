-- Who calls more often than their number suggests, and how many staff does answering them take?
{{ config(enabled=has_inputs('card_relationships')) }}
with

demand as (

    select * from {{ ref('service_demand') }}
    where channel = 'calls'

),

staffing as (

    select * from {{ ref('staffing_plan') }}
    where
        channel = 'calls'
        and handling_estimate = 'base'

),

compared as (

    select
        demand.group_type,
        demand.group_name,
        demand.group_position,
        demand.customers,
        demand.contacts_per_customer as calls_per_customer,
        demand.customer_share,
        demand.contact_share as call_share,
        demand.index_100,
        staffing.planned_customers,
        staffing.pooled_staff,
        staffing.stand_alone_staff,
        staffing.busy_hour_agents
    from demand
    left join staffing
        on
            demand.group_type = staffing.group_type
            and demand.group_key = staffing.group_key
    where not demand.is_suppressed

)

select * from compared
order by
    group_type asc,
    index_100 desc,
    group_position asc
