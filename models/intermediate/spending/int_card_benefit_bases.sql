-- One row per card benefit, category and payment type of the data that the benefit rests on.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

benefits as (

    select * from {{ ref('card_benefits') }}

),

spends as (

    select distinct
        category,
        payment_type
    from {{ ref('stg_spends__spends') }}

),

bases as (

    select
        benefits.benefit_key,
        spends.category,
        spends.payment_type
    from benefits
    inner join spends
        on
            benefits.basis = 'spend'
            or (benefits.basis = 'credit_card_spend' and {{ is_credit_card('spends.payment_type') }})
            or (
                benefits.basis = 'category'
                and {{ spelling_key('benefits.basis_value') }} = {{ spelling_key('spends.category') }}
            )
            or (
                benefits.basis = 'category_on_credit_card'
                and {{ spelling_key('benefits.basis_value') }} = {{ spelling_key('spends.category') }}
                and {{ is_credit_card('spends.payment_type') }}
            )
            or (
                benefits.basis = 'payment_type'
                and {{ spelling_key('benefits.basis_value') }} = {{ spelling_key('spends.payment_type') }}
            )

)

select * from bases
