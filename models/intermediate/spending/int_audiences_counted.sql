-- One row per audience of card features: everyone, each value of a demographic attribute, each spending segment.
with

crosses as (

    select * from {{ ref('int_demographic_crosses_summed') }}
    where attribute_count <= 1

),

suppression as (

    select * from {{ ref('int_demographic_crosses_suppressed') }}

),

members as (

    select * from {{ ref('int_segment_members') }}
    where segmentation = 'spending'

),

demographic as (

    select
        crosses.attributes as audience_type,
        crosses.attribute_values as audience,
        crosses.attribute_values as audience_name,
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
        'segment' as audience_type,
        segment_key as audience,
        segment_name as audience_name,
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
        audience_type,
        audience,
        audience_name,
        customers,
        {{ is_hidden_in_total('customers', 'audience_type', 'audience') }} as is_suppressed
    from segments

)

select * from audiences
