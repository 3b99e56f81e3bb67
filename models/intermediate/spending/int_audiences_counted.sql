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

/* segments add up to everyone, so one hidden segment alone would be given away by the others */
hidden_segments as (

    select
        *,
        sum(case when customers < {{ var('minimum_cell_size') }} then 1 else 0 end) over () as small_segments,
        sum(case when customers < {{ var('minimum_cell_size') }} then customers else 0 end) over () as small_customers,
        row_number() over (
            partition by customers < {{ var('minimum_cell_size') }} order by customers asc, group_key asc
        ) as place
    from segments

),

audiences as (

    select * from demographic
    union all
    select
        group_type,
        group_key,
        group_name,
        customers,
        customers < {{ var('minimum_cell_size') }}
        or (
            place = 1
            and small_segments > 0
            and (small_segments = 1 or small_customers < {{ var('minimum_cell_size') }})
        ) as is_suppressed
    from hidden_segments

)

select * from audiences
