with

keys as (

    select * from {{ ref('int_segments') }}

),

last_registry as (

    select * from {{ ref('int_prior_publication__registry') }}

)

select
    keys.segment_key,
    keys.key_status,
    last_registry.status as last_status
from keys
left join last_registry
    on keys.segment_key = last_registry.segment_key
where
    last_registry.status = 'retired'
    or (keys.key_status in ('first', 'emerging') and last_registry.segment_key is not null)
    or (keys.key_status in ('kept', 'matched') and last_registry.segment_key is null)
