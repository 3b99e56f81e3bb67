-- One row per customer and month observed: spend and its split over payment types; zero where nothing was spent.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers as (

    select * from {{ ref('stg_customers__customers') }}

),

/* each payment type is compared with the words once, not each row */
payment_types as (

    select
        {#- The variable payment_type_shares says which payment types have a column. #}
        {%- for column, word in var('payment_type_shares').items() %}
        {{ is_paid_by('payment_type', word) }} as is_in_{{ column }},
        {%- endfor %}
        {{ is_credit_card('payment_type') }} as is_credit_card,
        payment_type
    from {{ ref('int_spends') }}
    group by payment_type

),

summed as (

    select
        spends.customer_id,
        spends.spend_month,
        {%- for column in var('payment_type_shares') %}
        {{ exact_sum('spends.spend_amount', 'filter (where payment_types.is_in_' ~ column ~ ')') }}
            as {{ column | replace('_share', '_amount') }},
        {%- endfor %}
        {{ exact_sum('spends.spend_amount', 'filter (where payment_types.is_credit_card)') }}
            as credit_card_spend_amount,
        {{ exact_sum('spends.spend_amount') }} as spend_amount
    from {{ ref('int_spends') }} as spends
    inner join payment_types
        on spends.payment_type = payment_types.payment_type
    group by
        spends.customer_id,
        spends.spend_month

),

months as (

    select distinct spend_month from summed

),

/* a month without spend is a month with nothing spent, not a missing one */
customer_months as (

    select
        customers.customer_id,
        customers.monthly_income_amount,
        months.spend_month
    from customers
    cross join months

),

filled as (

    select
        customer_months.customer_id,
        customer_months.monthly_income_amount,
        coalesce(summed.spend_amount, 0) as spend_amount,
        coalesce(summed.credit_card_spend_amount, 0) as credit_card_spend_amount,
        {%- for column in var('payment_type_shares') %}
        coalesce(summed.{{ column | replace('_share', '_amount') }}, 0) as {{ column | replace('_share', '_amount') }},
        {%- endfor %}
        customer_months.spend_month
    from customer_months
    left join summed
        on
            customer_months.customer_id = summed.customer_id
            and customer_months.spend_month = summed.spend_month

)

select * from filled
