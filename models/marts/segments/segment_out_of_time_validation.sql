-- One row per outcome and scheme: how much of later behaviour the segments explain, against a rule and against chance.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

validation as (

    select * from {{ ref('int_segment_validations') }}

)

select * from validation
