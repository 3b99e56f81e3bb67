-- Which card features suit whom, what are they worth to a customer, and what do they cost and bring the bank?
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

recommendations as (

    select * from {{ ref('card_feature_recommendations') }}

),

recommended as (

    select
        group_type,
        group_name,
        benefit_rank,
        benefit_name,
        customers,
        yearly_basis_amount,
        customer_benefit_low_amount,
        customer_benefit_base_amount,
        customer_benefit_high_amount,
        bank_cost_low_amount,
        bank_cost_base_amount,
        bank_cost_high_amount,
        bank_net_low_amount,
        bank_net_base_amount,
        bank_net_high_amount,
        break_even_uptake_share,
        reason
    from recommendations
    where
        is_recommended
        /* no offer is decided by age, gender or marital status */
        and not has_protected_attribute

)

select * from recommended
order by
    group_type asc,
    group_name asc,
    benefit_rank asc
