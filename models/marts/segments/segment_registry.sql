-- One row per segment key ever published for these customers: in use, retired for good, or absent from this build.
with

segments as (

    select * from {{ ref('int_segment_names') }}

),

last_registry as (

    select * from {{ ref('int_prior_publication__registry') }}

),

outcomes as (

    select * from {{ ref('int_segmentation_outcomes') }}
    where status = 'published'

),

in_use as (

    select
        segments.segmentation,
        segments.segment_key,
        segments.name_key,
        segments.segment_name,
        segments.description,
        'in_use' as status,
        cast(regexp_replace(segments.segment_key, '^.*_', '') as integer) as key_number,
        coalesce(last_registry.first_published_at, {{ build_time() }}) as first_published_at,
        {{ build_time() }} as last_published_at
    from segments
    left join last_registry
        on segments.segment_key = last_registry.segment_key

),

/*
    What is no longer there stays on record, so that its key is not given to another segment. Where the whole
    segmentation is absent, its segments have not gone: they keep their keys for when it returns.
*/
not_in_use as (

    select
        last_registry.segmentation,
        last_registry.segment_key,
        last_registry.name_key,
        last_registry.segment_name,
        last_registry.description,
        case
            when last_registry.status <> 'retired' and outcomes.segmentation is null then 'absent'
            else 'retired'
        end as status,
        last_registry.key_number,
        last_registry.first_published_at,
        last_registry.last_published_at
    from last_registry
    left join outcomes
        on last_registry.segmentation = outcomes.segmentation
    left join segments
        on last_registry.segment_key = segments.segment_key
    where segments.segment_key is null

),

registry as (

    select * from in_use
    union all
    select * from not_in_use

)

select * from registry
