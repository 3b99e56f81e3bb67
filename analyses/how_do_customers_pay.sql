-- How does each age group pay, and which ways of paying does it prefer more than everyone does?
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

spends as (

    select * from {{ ref('spend_by_demographic') }}

),

by_payment_type as (

    select
        attribute,
        attribute_value,
        payment_type,
        sum(spend_share) as spend_share
    from spends
    where attribute in ('all', 'age_group')
    group by
        attribute,
        attribute_value,
        payment_type

),

everyone as (

    select * from by_payment_type
    where attribute = 'all'

),

compared as (

    select
        by_payment_type.attribute_value as age_group,
        by_payment_type.payment_type,
        by_payment_type.spend_share,
        100 * by_payment_type.spend_share / nullif(everyone.spend_share, 0) as index_100
    from by_payment_type
    inner join everyone
        on by_payment_type.payment_type = everyone.payment_type
    where by_payment_type.attribute = 'age_group'

)

select * from compared
order by
    age_group asc,
    spend_share desc,
    payment_type asc
