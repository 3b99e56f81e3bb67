-- One row per outcome and scheme: how much of later behaviour the segments explain, against a rule and against chance.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

validations as (

    select * from {{ ref('int_segment_validations') }}

),

published_columns as (

    select
        'spending' as segmentation,
        outcome,
        scheme,
        customers,
        groups,
        eta_squared,
        omega_squared
    from validations

)

select * from published_columns
