with

tiers as (

    select
        tiers.tier_key,
        tiers.tier_position,
        max(tiers.tier_position) over () as last_position,
        count(conditions.tier_key) as conditions
    from {{ ref('card_tiers') }} as tiers
    left join {{ ref('card_tier_conditions') }} as conditions
        on tiers.tier_key = conditions.tier_key
    group by
        tiers.tier_key,
        tiers.tier_position

)

select * from tiers
where (conditions = 0) <> (tier_position = last_position)
