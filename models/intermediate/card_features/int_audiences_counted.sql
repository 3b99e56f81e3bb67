-- One row per audience of card features: everyone, each value of a demographic attribute, each spending segment.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

crosses as (

    select * from {{ ref('int_demographic_combinations_summed') }}
    where attribute_count <= 1

),

suppression as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

members as (

    select * from {{ ref('int_segment_members') }}
    where segmentation = 'spending'

),

demographic as (

    select
        crosses.attributes as group_type,
        crosses.attribute_values as group_key,
        crosses.attribute_values as group_name,
        crosses.customers,
        suppression.is_suppressed
    from crosses
    inner join suppression
        on
            crosses.attributes = suppression.attributes
            and crosses.attribute_values = suppression.attribute_values

),

segments as (

    select
        'segment' as group_type,
        segment_key as group_key,
        segment_name as group_name,
        count(*) as customers
    from members
    group by
        segment_key,
        segment_name

),

audiences as (

    select * from demographic
    union all
    select
        group_type,
        group_key,
        group_name,
        customers,
        {{ is_suppressed_in_total('customers', 'group_type', 'group_key') }} as is_suppressed
    from segments

)

select * from audiences
