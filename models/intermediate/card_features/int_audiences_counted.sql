-- One row per audience of card features: everyone, each value of a demographic attribute, each spending segment.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

combinations as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

names as (

    select * from {{ ref('int_segment_names') }}

),

audiences as (

    select
        dimension_set as group_type,
        group_label as group_key,
        group_label as group_name,
        customers,
        is_suppressed
    from combinations
    where attribute_count <= 1
    union all
    select
        'segment' as group_type,
        segments.segment_key as group_key,
        names.segment_name as group_name,
        segments.customers,
        {{ is_suppressed_in_total('segments.customers', 'segments.segmentation', 'segments.segment_key') }}
            as is_suppressed
    from segments
    inner join names
        on segments.segment_key = names.segment_key
    where segments.segmentation = 'spending'

)

select * from audiences
