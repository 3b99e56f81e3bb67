-- One row per cardholder: what the card earns and costs the bank in a year, and what is left.
with

facts as (

    select * from {{ ref('fct_cardholder_value') }}

)

select * from facts
