-- One row per load and number of agents tried, from none up to the first that is enough: how the queue would be.
{{ config(enabled=has_inputs('card_relationships')) }}
{#- An agent more is tried while calls would wait too long or agents would be busier than people can be. -#}
{% set service_level %}{{ erlang_c_service_level(
    'load_erlangs', 'agents', 'inverse_blocking', 'handling_seconds', 'target_answer_seconds'
) }}{% endset %}
{% set waiting_probability %}{{
    erlang_c_waiting_probability('load_erlangs', 'agents', 'inverse_blocking')
}}{% endset %}
{% set is_enough %}{{ service_level }} >= target_service_level_share
            and load_erlangs <= agents * maximum_occupancy_share{% endset %}
with recursive

queue_hours as (

    select * from {{ ref('int_queue_hours_planned') }}

),

tried as (

    select
        group_type,
        group_key,
        channel,
        handling_estimate,
        hour_kind,
        cast(0 as bigint) as agents,
        load_erlangs,
        handling_seconds,
        target_answer_seconds,
        target_service_level_share,
        maximum_occupancy_share,
        cast(1 as double) as inverse_blocking
    from queue_hours
    union all
    select
        group_type,
        group_key,
        channel,
        handling_estimate,
        hour_kind,
        agents + 1 as agents,
        load_erlangs,
        handling_seconds,
        target_answer_seconds,
        target_service_level_share,
        maximum_occupancy_share,
        1 + (agents + 1) / load_erlangs * inverse_blocking as inverse_blocking
    from tried
    where not ({{ is_enough }})

),

measured as (

    select
        group_type,
        group_key,
        channel,
        handling_estimate,
        hour_kind,
        agents,
        load_erlangs,
        {{ waiting_probability }} as waiting_probability,
        {{ service_level }} as service_level_share,
        load_erlangs / nullif(agents, 0) as occupancy_share,
        /* with too few agents the queue only grows */
        case
            when load_erlangs = 0 then 0.0
            when agents > load_erlangs
                then ({{ waiting_probability }}) * handling_seconds / (agents - load_erlangs)
        end as average_answer_seconds,
        {{ is_enough }} as is_enough
    from tried

)

select * from measured
