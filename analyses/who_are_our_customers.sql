-- Who are our customers by age, gender, marital status, city and occupation, and what do they earn and spend?
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

demographics as (

    select * from {{ ref('customer_demographics') }}

),

single_attributes as (

    select
        dimension_set as attribute,
        group_label as attribute_value,
        customers,
        customer_share,
        average_monthly_income_amount,
        average_monthly_spend_amount,
        spend_share,
        income_utilisation_ratio_of_means_pct,
        credit_card_share,
        is_suppressed
    from demographics
    where attribute_count <= 1

)

select * from single_attributes
order by
    attribute asc,
    customers desc,
    attribute_value asc
