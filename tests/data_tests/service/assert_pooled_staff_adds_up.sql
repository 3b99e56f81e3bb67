{#- Sums of doubles may differ in their last digits. -#}
{% set tolerance = 0.000001 %}
with

sums as (

    select
        group_type,
        channel,
        handling_estimate,
        sum(pooled_staff) as pooled_staff,
        sum(stand_alone_staff) as stand_alone_staff,
        sum(workload_hours) as workload_hours,
        count(case when is_suppressed then 1 end) > 0 as is_partly_suppressed
    from {{ ref('staffing_plan') }}
    group by
        group_type,
        channel,
        handling_estimate

)

select
    sums.*,
    pool.stand_alone_staff as pool_staff,
    pool.workload_hours as pool_workload_hours
from sums
inner join sums as pool
    on
        sums.channel = pool.channel
        and sums.handling_estimate = pool.handling_estimate
        and pool.group_type = 'all'
where
    not sums.is_partly_suppressed
    and (
        not coalesce(
            abs(sums.pooled_staff - pool.stand_alone_staff) <= {{ tolerance }} * (1 + pool.stand_alone_staff), false
        )
        or not coalesce(
            abs(sums.workload_hours - pool.workload_hours) <= {{ tolerance }} * (1 + pool.workload_hours), false
        )
        or sums.stand_alone_staff < pool.stand_alone_staff - {{ tolerance }} * (1 + pool.stand_alone_staff)
    )
