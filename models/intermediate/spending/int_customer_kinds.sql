-- One row per customer who spent anything: the categories and payment types of the spend, as a set of bits.
{{ config(enabled=has_inputs('spends')) }}
with

spends as (

    select * from {{ ref('int_spends') }}

),

kinds as (

    select * from {{ ref('int_spend_kinds') }}

),

/* a row for each customer and kind would be a sixth of all spends, and most of the memory of a build */
customer_kinds as (

    select
        spends.customer_id,
        {{ union_of_sets('kinds.kind_bit') }} as kind_bits
    from spends
    inner join kinds
        on
            spends.category = kinds.category
            and spends.payment_type = kinds.payment_type
    where spends.spend_amount <> 0
    group by spends.customer_id

)

select * from customer_kinds
