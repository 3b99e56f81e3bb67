-- One row per customer, month, category and payment type: the amount spent.
with

spends as (

    select * from {{ ref('stg_spends__spends') }}

)

select * from spends
