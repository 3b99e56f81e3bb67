-- One row per category and payment type that any spend has: its number, and the bit that stands for it in a set.
{{ config(enabled=has_inputs('spends')) }}
with

spends as (

    select * from {{ ref('int_spends') }}

),

kinds as (

    select distinct
        category,
        payment_type
    from spends

),

numbered as (

    select
        category,
        payment_type,
        cast(row_number() over (order by category, payment_type) - 1 as integer) as kind_number,
        cast(count(*) over () as integer) as kinds
    from kinds

),

with_bits as (

    select
        category,
        payment_type,
        kind_number,
        {{ set_of_number('kind_number', 'kinds') }} as kind_bit
    from numbered

)

select * from with_bits
