-- One row per combination of demographic attributes and their values: customers and sums, nothing suppressed.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

attributes as (

    select * from {{ ref('int_customers_grouped') }}

),

spends_summed as (

    select * from {{ ref('int_customers_spend_summed') }}

),

customers as (

    select
        attributes.*,
        spends_summed.spend_amount,
        spends_summed.credit_card_spend_amount,
        spends_summed.income_utilisation_pct,
        spends_summed.monthly_income_amount as income,
        spends_summed.average_monthly_spend_amount as spend,
        spends_summed.average_monthly_credit_card_spend_amount as card
    from spends_summed
    inner join attributes
        on spends_summed.customer_id = attributes.customer_id

),

/* customers are added up once, the combinations from these cells */
cells as (

    select
        age_group,
        gender,
        marital_status,
        city,
        occupation,
        count(*) as customers,
        {{ exact_sum('spend_amount') }} as spend_amount,
        {{ exact_sum('credit_card_spend_amount') }} as credit_card_spend_amount,
        {{ exact_sum('income_utilisation_pct') }} as income_utilisation_pct_sum,
        {{ exact_sum('income') }} as income_sum,
        {{ exact_sum('spend') }} as spend_sum,
        {{ exact_sum('card') }} as card_sum,
        {{ exact_sum('income * income') }} as income_income_sum,
        {{ exact_sum('income * spend') }} as income_spend_sum,
        {{ exact_sum('spend * spend') }} as spend_spend_sum,
        {{ exact_sum('spend * card') }} as spend_card_sum,
        {{ exact_sum('card * card') }} as card_card_sum
    from customers
    group by
        age_group,
        gender,
        marital_status,
        city,
        occupation

),

dimension_sets as (

    {{ demographic_dimension_sets() | trim }}

),

/* each cell once in every set, without the attributes that the set leaves out */
cells_in_sets as (

    select
        dimension_sets.dimension_set,
        case when dimension_sets.has_age_group then cells.age_group end as age_group,
        case when dimension_sets.has_gender then cells.gender end as gender,
        case when dimension_sets.has_marital_status then cells.marital_status end as marital_status,
        case when dimension_sets.has_city then cells.city end as city,
        case when dimension_sets.has_occupation then cells.occupation end as occupation,
        cast(dimension_sets.attribute_count as bigint) as attribute_count,
        cells.customers,
        cells.spend_amount,
        cells.credit_card_spend_amount,
        cells.income_utilisation_pct_sum,
        cells.income_sum,
        cells.spend_sum,
        cells.card_sum,
        cells.income_income_sum,
        cells.income_spend_sum,
        cells.spend_spend_sum,
        cells.spend_card_sum,
        cells.card_card_sum
    from cells
    cross join dimension_sets

),

summed as (

    select
        dimension_set,
        {{ group_label('age_group', 'gender', 'marital_status', 'city', 'occupation') }} as group_label,
        age_group,
        gender,
        marital_status,
        city,
        occupation,
        attribute_count,
        cast(sum(customers) as bigint) as customers,
        {{ exact_sum('spend_amount') }} as spend_amount,
        {{ exact_sum('credit_card_spend_amount') }} as credit_card_spend_amount,
        {{ exact_sum('income_utilisation_pct_sum') }} as income_utilisation_pct_sum,
        {{ exact_sum('income_sum') }} as income_sum,
        {{ exact_sum('spend_sum') }} as spend_sum,
        {{ exact_sum('card_sum') }} as card_sum,
        {{ exact_sum('income_income_sum') }} as income_income_sum,
        {{ exact_sum('income_spend_sum') }} as income_spend_sum,
        {{ exact_sum('spend_spend_sum') }} as spend_spend_sum,
        {{ exact_sum('spend_card_sum') }} as spend_card_sum,
        {{ exact_sum('card_card_sum') }} as card_card_sum
    from cells_in_sets
    group by
        dimension_set,
        age_group,
        gender,
        marital_status,
        city,
        occupation,
        attribute_count

)

select * from summed
