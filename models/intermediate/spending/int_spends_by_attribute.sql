-- One row per demographic attribute, value, month (or none), category and payment type: spend and who is behind it.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers as (

    select * from {{ ref('int_customers_grouped') }}

),

monthly_cells as (

    select * from {{ ref('int_spend_cells_by_attribute') }}

),

combinations as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

folded_months as (

    select * from {{ ref('int_spend_months_folded') }}

),

kinds as (

    select * from {{ ref('int_spend_kinds_folded') }}

),

/* who spends on the same in several months is one customer of all months */
kind_spenders as (

    select
        customers.age_group,
        customers.gender,
        customers.marital_status,
        customers.city,
        customers.occupation,
        spend_kinds.category,
        spend_kinds.payment_type,
        count(*) as customers
    from {{ ref('int_customer_kinds') }} as customer_kinds
    inner join customers
        on customer_kinds.customer_id = customers.customer_id
    inner join {{ ref('int_spend_kinds') }} as spend_kinds
        on {{ is_in_set('spend_kinds.kind_number', 'customer_kinds.kind_bits') }}
    group by
        customers.age_group,
        customers.gender,
        customers.marital_status,
        customers.city,
        customers.occupation,
        spend_kinds.category,
        spend_kinds.payment_type

),

kind_spenders_by_attribute as (

    {{ by_attribute('kind_spenders', ['category', 'payment_type', 'customers']) }}

),

spenders_of_kinds as (

    select
        attribute,
        attribute_value,
        category,
        payment_type,
        cast(sum(customers) as bigint) as customers
    from kind_spenders_by_attribute
    group by
        attribute,
        attribute_value,
        category,
        payment_type

),

kind_cells as (

    select
        attribute,
        attribute_value,
        category,
        payment_type,
        {{ exact_sum('spend_amount') }} as spend_amount
    from monthly_cells
    group by
        attribute,
        attribute_value,
        category,
        payment_type

),

all_cells as (

    select
        attribute,
        attribute_value,
        spend_month,
        category,
        payment_type,
        customers,
        spend_amount
    from monthly_cells
    union all
    select
        kind_cells.attribute,
        kind_cells.attribute_value,
        cast(null as date) as spend_month,
        kind_cells.category,
        kind_cells.payment_type,
        coalesce(spenders_of_kinds.customers, 0) as customers,
        kind_cells.spend_amount
    from kind_cells
    left join spenders_of_kinds
        on
            kind_cells.attribute = spenders_of_kinds.attribute
            and kind_cells.attribute_value = spenders_of_kinds.attribute_value
            and kind_cells.category = spenders_of_kinds.category
            and kind_cells.payment_type = spenders_of_kinds.payment_type

),

folded_in_any as (

    select distinct
        category,
        payment_type
    from kinds
    where is_folded

),

/* the rows of what is folded, which is little of all */
spends_of_folded_kinds as (

    select
        customers.*,
        spends.spend_month,
        spends.category,
        spends.payment_type
    from {{ ref('int_spends') }} as spends
    inner join folded_in_any
        on
            spends.category = folded_in_any.category
            and spends.payment_type = folded_in_any.payment_type
    inner join customers
        on spends.customer_id = customers.customer_id
    where spends.spend_amount <> 0

),

folded_spends_by_attribute as (

    {{ by_attribute('spends_of_folded_kinds', ['spend_month', 'category', 'payment_type', 'customer_id']) }}

),

folded_spends as (

    select
        spends.attribute,
        spends.attribute_value,
        spends.spend_month,
        kinds.reported_category,
        kinds.reported_payment_type,
        spends.customer_id
    from folded_spends_by_attribute as spends
    inner join kinds
        on
            spends.attribute = kinds.attribute
            and spends.category = kinds.category
            and spends.payment_type = kinds.payment_type
    where kinds.is_folded

),

/* who has several folded kinds is one customer */
folded_cells as (

    select
        attribute,
        attribute_value,
        spend_month,
        reported_category,
        reported_payment_type,
        count(distinct customer_id) as customers
    from folded_spends
    group by
        attribute,
        attribute_value,
        spend_month,
        reported_category,
        reported_payment_type
    union all
    select
        attribute,
        attribute_value,
        cast(null as date) as spend_month,
        reported_category,
        reported_payment_type,
        count(distinct customer_id) as customers
    from folded_spends
    group by
        attribute,
        attribute_value,
        reported_category,
        reported_payment_type

),

reported as (

    select
        all_cells.attribute,
        all_cells.attribute_value,
        all_cells.spend_month,
        all_cells.category,
        all_cells.payment_type,
        kinds.reported_category,
        kinds.reported_payment_type,
        cast(case when kinds.is_folded then coalesce(folded_cells.customers, 0) else all_cells.customers end as bigint)
            as customers,
        all_cells.spend_amount,
        kinds.is_folded,
        kinds.is_all_folded,
        coalesce(folded_months.is_folded, false) as is_month_suppressed,
        combinations.is_suppressed or coalesce(folded_months.is_folded, false) as is_suppressed
    from all_cells
    inner join kinds
        on
            all_cells.attribute = kinds.attribute
            and all_cells.category = kinds.category
            and all_cells.payment_type = kinds.payment_type
    inner join combinations
        on
            all_cells.attribute = combinations.dimension_set
            and all_cells.attribute_value = combinations.group_label
    left join folded_months
        on
            all_cells.attribute = folded_months.attribute
            and all_cells.spend_month = folded_months.spend_month
    left join folded_cells
        on
            all_cells.attribute = folded_cells.attribute
            and all_cells.attribute_value = folded_cells.attribute_value
            and all_cells.spend_month is not distinct from folded_cells.spend_month
            and kinds.reported_category = folded_cells.reported_category
            and kinds.reported_payment_type = folded_cells.reported_payment_type

)

select * from reported
