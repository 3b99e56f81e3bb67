-- One row per audience of card features: everyone, each value of a demographic attribute, each spending segment.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

combinations as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

segments as (

    select * from {{ ref('int_segments') }}

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
        segment_key as group_key,
        segment_name as group_name,
        customers,
        {{ is_suppressed_in_total('customers', 'segmentation', 'segment_key') }} as is_suppressed
    from segments
    where segmentation = 'spending'

)

select * from audiences
