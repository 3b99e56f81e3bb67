-- One row per customer and kind of group: the group that the customer belongs to in the credit reports.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

profiles as (

    select * from {{ ref('int_credit_profiles_latest') }}

),

age_grouped as (

    select * from {{ ref('int_credit_customers_age_grouped') }}

),

age_schemes as (

    select distinct age_scheme from {{ ref('age_bands') }}

),

repayment_members as (

    select
        scores.customer_id,
        scores.segment_key,
        segments.segment_name
    from {{ ref('int_segment_scores') }} as scores
    inner join {{ ref('int_segments') }} as segments
        on scores.segment_key = segments.segment_key
    where scores.segmentation = 'repayment'

),

by_age as (

    select
        profiles.customer_id,
        'age_group_' || age_schemes.age_scheme as group_type,
        age_grouped.age_group as group_key,
        age_grouped.band_position as group_position
    from profiles
    cross join age_schemes
    left join age_grouped
        on
            profiles.customer_id = age_grouped.customer_id
            and age_schemes.age_scheme = age_grouped.age_scheme

),

by_attribute as (

    select
        customer_id,
        'all' as group_type,
        'all' as group_key
    from profiles
    {% for attribute in ['occupation', 'credit_score', 'credit_mix'] %}
    union all
    select
        customer_id,
        '{{ attribute }}' as group_type,
        {{ attribute }} as group_key
    from profiles
    {% endfor %}

),

/* a segmentation that was not published has no members, and so no groups */
by_segment as (

    select
        profiles.customer_id,
        'segment' as group_type,
        repayment_members.segment_key as group_key,
        repayment_members.segment_name as group_name
    from profiles
    inner join repayment_members
        on profiles.customer_id = repayment_members.customer_id

),

grouped as (

    select
        customer_id,
        group_type,
        group_key,
        group_key as group_name,
        group_position
    from by_age
    union all
    select
        customer_id,
        group_type,
        group_key,
        group_key as group_name,
        cast(null as bigint) as group_position
    from by_attribute
    union all
    select
        customer_id,
        group_type,
        group_key,
        group_name,
        cast(null as bigint) as group_position
    from by_segment

),

/* nobody is left out: who has no value stands in a group of their own */
named as (

    select
        customer_id,
        group_type,
        coalesce(group_key, 'unknown') as group_key,
        coalesce(group_name, 'unknown') as group_name,
        group_position,
        group_key is null as is_unknown
    from grouped

)

select * from named
