with

sums as (

    select
        group_type,
        channel,
        sum(customer_share) as customer_share,
        sum(contact_share) as contact_share,
        count(case when is_suppressed then 1 end) > 0 as is_partly_suppressed
    from {{ ref('service_demand') }}
    group by
        group_type,
        channel

)

select * from sums
where
    customer_share > 1 + 1e-9
    or (not is_partly_suppressed and abs(customer_share - 1) > 1e-9)
    or contact_share > 1 + 1e-9
    /* a channel without contacts has no shares */
    or (not is_partly_suppressed and abs(contact_share - 1) > 1e-9)
