-- One row per demographic attribute, value, month (or none), category and payment type: spend and who is behind it.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers_by_attribute as (

    select * from {{ ref('int_customers_by_attribute') }}

),

spends as (

    select * from {{ ref('stg_spends__spends') }}

),

combinations as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

/* a customer has one row of a month, category and payment type, so rows are customers */
monthly_cells as (

    select
        customers_by_attribute.attribute,
        customers_by_attribute.attribute_value,
        spends.spend_month,
        spends.category,
        spends.payment_type,
        count(case when spends.spend_amount > 0 then 1 end) as customers,
        {{ exact_sum('spends.spend_amount') }} as spend_amount
    from spends
    inner join customers_by_attribute
        on spends.customer_id = customers_by_attribute.customer_id
    group by
        customers_by_attribute.attribute,
        customers_by_attribute.attribute_value,
        spends.spend_month,
        spends.category,
        spends.payment_type

),

spenders as (

    select distinct
        customer_id,
        spend_month
    from spends
    where spend_amount > 0

),

/* first for everyone, then for the values of each attribute */
spenders_by_month as (

    select
        customers_by_attribute.attribute,
        'month' as item_class,
        spenders.spend_month as item,
        customers_by_attribute.attribute_value as line_name,
        spenders.customer_id
    from spenders
    inner join customers_by_attribute
        on spenders.customer_id = customers_by_attribute.customer_id

),

month_counts as (

    select
        attribute,
        item_class,
        item,
        line_name,
        count(*) as customers
    from spenders_by_month
    group by
        attribute,
        item_class,
        item,
        line_name

),

{{ folded_items_of_attributes('folded_months', 'month_counts', 'spenders_by_month') }},

/* months that are not shown are one, for they are what all months less the others leave */
spenders_by_kind as (

    select
        customers_by_attribute.attribute,
        case when spends.is_credit_card then 'credit card' else 'other' end as item_class,
        concat_ws(' / ', spends.category, spends.payment_type) as item,
        concat_ws(
            ' / ',
            customers_by_attribute.attribute_value,
            case when not folded_months.is_folded then cast(spends.spend_month as {{ dbt.type_string() }}) end
        ) as line_name,
        spends.customer_id
    from spends
    inner join customers_by_attribute
        on spends.customer_id = customers_by_attribute.customer_id
    inner join folded_months
        on
            customers_by_attribute.attribute = folded_months.attribute
            and spends.spend_month = folded_months.item
    where spends.spend_amount > 0

),

kind_counts as (

    select
        monthly_cells.attribute,
        case when {{ is_credit_card('monthly_cells.payment_type') }} then 'credit card' else 'other' end as item_class,
        concat_ws(' / ', monthly_cells.category, monthly_cells.payment_type) as item,
        concat_ws(
            ' / ',
            monthly_cells.attribute_value,
            case when not folded_months.is_folded then cast(monthly_cells.spend_month as {{ dbt.type_string() }}) end
        ) as line_name,
        max(monthly_cells.customers) as customers
    from monthly_cells
    inner join folded_months
        on
            monthly_cells.attribute = folded_months.attribute
            and monthly_cells.spend_month = folded_months.item
    where monthly_cells.customers > 0
    group by all

),

{{ folded_items_of_attributes('folded_kinds', 'kind_counts', 'spenders_by_kind') }},

unfolded_kinds as (

    select distinct
        attribute,
        category,
        payment_type
    from monthly_cells

),

kinds as (

    select
        unfolded_kinds.attribute,
        unfolded_kinds.category,
        unfolded_kinds.payment_type,
        coalesce(folded_kinds.is_folded, false) as is_folded,
        coalesce(folded_kinds.is_all_folded, false) as is_all_folded,
        case when folded_kinds.is_folded then {{ all_other() }} else unfolded_kinds.category end as reported_category,
        case
            when folded_kinds.is_folded is null or not folded_kinds.is_folded then unfolded_kinds.payment_type
            when folded_kinds.is_all_folded or folded_kinds.item_class = 'other' then {{ all_other() }}
            /* spend by credit card is a figure by itself, so it can still be told from other spend */
            else min(case when folded_kinds.item_class = 'credit card' then unfolded_kinds.payment_type end)
                over (partition by unfolded_kinds.attribute)
        end as reported_payment_type
    from unfolded_kinds
    left join folded_kinds
        on
            unfolded_kinds.attribute = folded_kinds.attribute
            and concat_ws(' / ', unfolded_kinds.category, unfolded_kinds.payment_type) = folded_kinds.item

),

/* who spends on the same in several months is one customer of all months */
kinds_of_customers as (

    select
        customer_id,
        category,
        payment_type,
        max(case when spend_amount > 0 then 1 else 0 end) as has_spent,
        {{ exact_sum('spend_amount') }} as spend_amount
    from spends
    group by
        customer_id,
        category,
        payment_type

),

cells as (

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
        customers_by_attribute.attribute,
        customers_by_attribute.attribute_value,
        cast(null as date) as spend_month,
        kinds_of_customers.category,
        kinds_of_customers.payment_type,
        sum(kinds_of_customers.has_spent) as customers,
        {{ exact_sum('kinds_of_customers.spend_amount') }} as spend_amount
    from kinds_of_customers
    inner join customers_by_attribute
        on kinds_of_customers.customer_id = customers_by_attribute.customer_id
    group by
        customers_by_attribute.attribute,
        customers_by_attribute.attribute_value,
        kinds_of_customers.category,
        kinds_of_customers.payment_type

),

folded_spends as (

    select
        customers_by_attribute.attribute,
        customers_by_attribute.attribute_value,
        spends.spend_month,
        kinds.reported_category,
        kinds.reported_payment_type,
        spends.customer_id
    from spends
    inner join kinds
        on
            spends.category = kinds.category
            and spends.payment_type = kinds.payment_type
    inner join customers_by_attribute
        on
            spends.customer_id = customers_by_attribute.customer_id
            and kinds.attribute = customers_by_attribute.attribute
    where
        kinds.is_folded
        and spends.spend_amount > 0

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
        cells.attribute,
        cells.attribute_value,
        cells.spend_month,
        cells.category,
        cells.payment_type,
        kinds.reported_category,
        kinds.reported_payment_type,
        cast(case when kinds.is_folded then coalesce(folded_cells.customers, 0) else cells.customers end as bigint)
            as customers,
        cells.spend_amount,
        kinds.is_folded,
        kinds.is_all_folded,
        coalesce(folded_months.is_folded, false) as is_month_suppressed,
        combinations.is_suppressed or coalesce(folded_months.is_folded, false) as is_suppressed
    from cells
    inner join kinds
        on
            cells.attribute = kinds.attribute
            and cells.category = kinds.category
            and cells.payment_type = kinds.payment_type
    inner join combinations
        on
            cells.attribute = combinations.dimension_set
            and cells.attribute_value = combinations.group_label
    left join folded_months
        on
            cells.attribute = folded_months.attribute
            and cells.spend_month = folded_months.item
    left join folded_cells
        on
            cells.attribute = folded_cells.attribute
            and cells.attribute_value = folded_cells.attribute_value
            and cells.spend_month is not distinct from folded_cells.spend_month
            and kinds.reported_category = folded_cells.reported_category
            and kinds.reported_payment_type = folded_cells.reported_payment_type

)

select * from reported
