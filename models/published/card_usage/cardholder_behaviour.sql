-- One row per cardholder: how the card is used and paid, as flags and as one class.
with

facts as (

    select * from {{ ref('fct_cardholder_behaviour') }}

)

select * from facts
