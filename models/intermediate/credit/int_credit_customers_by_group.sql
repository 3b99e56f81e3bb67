-- One row per customer and kind of group: the group that the customer belongs to in the credit reports.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

profiles as (

    select * from {{ ref('int_repayment__features') }}

),

age_bands as (

    select * from {{ ref('age_bands') }}

),

age_schemes as (

    select distinct age_scheme from age_bands

),

scores as (

    select * from {{ ref('int_segment_scores') }}
    where segmentation = 'repayment'

),

by_age as (

    select
        profiles.customer_id,
        'age_group_' || age_schemes.age_scheme as group_type,
        age_bands.age_group as group_key,
        age_bands.band_position as group_position
    from profiles
    cross join age_schemes
    left join age_bands
        on
            age_schemes.age_scheme = age_bands.age_scheme
            and {{ is_in_age_band('profiles.age_years') }}

),

by_attribute as (

    select
        customer_id,
        'all' as group_type,
        'all' as group_key
    from profiles
    union all
    select
        customer_id,
        'occupation' as group_type,
        occupation as group_key
    from profiles
    union all
    select
        customer_id,
        'credit_score' as group_type,
        credit_score as group_key
    from profiles
    union all
    select
        customer_id,
        'credit_mix' as group_type,
        credit_mix as group_key
    from profiles

),

/* a segmentation that was not published has no members, and so no groups */
by_segment as (

    select
        profiles.customer_id,
        'segment' as group_type,
        scores.segment_key as group_key
    from profiles
    inner join scores
        on profiles.customer_id = scores.customer_id

),

grouped as (

    select
        customer_id,
        group_type,
        group_key,
        group_position
    from by_age
    union all
    select
        customer_id,
        group_type,
        group_key,
        cast(null as bigint) as group_position
    from by_attribute
    union all
    select
        customer_id,
        group_type,
        group_key,
        cast(null as bigint) as group_position
    from by_segment

),

/* nobody is left out: customers without a value are a group of their own */
named as (

    select
        customer_id,
        group_type,
        coalesce(group_key, 'unknown') as group_key,
        group_position,
        group_key is null as is_unknown
    from grouped

),

sizes as (

    select
        group_type,
        group_key,
        count(*) as customers
    from named
    where group_type in ('occupation', 'credit_score', 'credit_mix')
    group by
        group_type,
        group_key

),

small_groups as (

    select
        group_type,
        group_key,
        {{ is_folded('customers', 'group_type', 'group_key') }} as is_folded
    from sizes

),

/* age bands are not folded, for they lie within each other */
folded as (

    select
        named.customer_id,
        named.group_type,
        case when small_groups.is_folded then {{ all_other() }} else named.group_key end as group_key,
        named.group_position,
        named.is_unknown and not coalesce(small_groups.is_folded, false) as is_unknown
    from named
    left join small_groups
        on
            named.group_type = small_groups.group_type
            and named.group_key = small_groups.group_key

)

select * from folded
