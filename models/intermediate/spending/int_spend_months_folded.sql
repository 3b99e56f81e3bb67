-- One row per demographic attribute and month: whether the month is shown by the values of the attribute.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers as (

    select * from {{ ref('int_customers_grouped') }}

),

/* who spent anything in a month */
spenders as (

    select
        customers.*,
        customer_months.spend_month
    from {{ ref('int_customer_months_summed') }} as customer_months
    inner join customers
        on customer_months.customer_id = customers.customer_id
    where customer_months.spend_amount <> 0

),

spender_cells as (

    select
        age_group,
        gender,
        marital_status,
        city,
        occupation,
        spend_month,
        count(*) as customers
    from spenders
    group by
        age_group,
        gender,
        marital_status,
        city,
        occupation,
        spend_month

),

spenders_by_attribute as (

    {{ by_attribute('spender_cells', ['spend_month', 'customers']) }}

),

/* first for everyone, then for the values of each attribute */
month_counts as (

    select
        attribute,
        'month' as item_class,
        spend_month as item,
        attribute_value as line_name,
        sum(customers) as customers
    from spenders_by_attribute
    where {{ worked_out_once() }}
    group by
        attribute,
        attribute_value,
        spend_month

),

/* only of those months is it looked at who it was in which somebody could be told */
spenders_of_few_months as (

    select * from spenders
    where
        spend_month in (
            select month_counts.item from month_counts
            where month_counts.customers < {{ var('minimum_cell_size') }}
        )

),

few_spenders_by_attribute as (

    {{ by_attribute('spenders_of_few_months', ['spend_month', 'customer_id']) }}

),

few_spenders as (

    select
        attribute,
        'month' as item_class,
        spend_month as item,
        attribute_value as line_name,
        customer_id
    from few_spenders_by_attribute
    where {{ worked_out_once() }}

),

{{ folded_items_of_attributes('folded_months', 'month_counts', 'few_spenders') }}

select
    attribute,
    item as spend_month,
    is_folded
from folded_months
