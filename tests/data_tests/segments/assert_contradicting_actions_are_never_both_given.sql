with

recommendations as (

    select * from {{ ref('segment_recommendations') }}

),

playbook as (

    select * from {{ ref('segment_playbook') }}

),

given as (

    select
        recommendations.segment_key,
        recommendations.recommendation_key,
        recommendations.priority,
        recommendations.is_upsell,
        playbook.stage,
        playbook.action_group,
        playbook.holds_back,
        playbook.adds_to_balance,
        playbook.is_fallback
    from recommendations
    inner join playbook
        on recommendations.recommendation_key = playbook.recommendation_key

),

same_group as (

    select
        segment_key,
        'two actions of the group ' || action_group as contradiction
    from given
    where action_group is not null
    group by
        segment_key,
        action_group
    having count(*) > 1

),

held_back as (

    select
        holders.segment_key,
        holders.recommendation_key || ' holds back ' || others.recommendation_key as contradiction
    from given as holders
    inner join given as others
        on holders.segment_key = others.segment_key
    where
        (holders.holds_back = 'growth' and others.stage = 'grow' and not others.is_fallback)
        or (holders.holds_back = 'balance' and others.adds_to_balance)

),

out_of_order as (

    select
        firsts.segment_key,
        firsts.recommendation_key || ' comes before ' || others.recommendation_key as contradiction
    from given as firsts
    inner join given as others
        on
            firsts.segment_key = others.segment_key
            and firsts.priority < others.priority
    where
        not firsts.is_fallback
        and (
            (firsts.stage = 'grow' and others.stage <> 'grow')
            or (firsts.stage = 'repair' and others.stage = 'protect')
        )

)
{%- if has_inputs('card_usage') %},

against_the_treatment as (

    select
        given.segment_key,
        given.recommendation_key || ' sells although the treatment is ' || segment_values.treatment as contradiction
    from given
    inner join {{ ref('segment_value') }} as segment_values
        on given.segment_key = segment_values.segment_key
    where
        given.is_upsell
        and not segment_values.is_upsell_allowed

)
{%- endif %}

select * from same_group
union all
select * from held_back
union all
select * from out_of_order
{% if has_inputs('card_usage') -%}
union all
select * from against_the_treatment
{%- endif %}
