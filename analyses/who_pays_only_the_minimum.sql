-- Who pays only the minimum, among those of whom it is known?
{{ config(enabled=has_inputs('credit_profiles')) }}
with

repayment as (

    select * from {{ ref('repayment_behaviour') }}

),

compared as (

    select
        group_type,
        group_name,
        customers,
        minimum_payment_share_of_yes_or_no as minimum_payment_share,
        minimum_payment_share_of_yes_or_no_lower as minimum_payment_share_lower,
        minimum_payment_share_of_yes_or_no_upper as minimum_payment_share_upper,
        late_payer_share,
        debt_to_income_ratio_of_means
    from repayment
    where not is_suppressed

)

select * from compared
order by
    group_type asc,
    minimum_payment_share desc nulls last,
    group_name asc
