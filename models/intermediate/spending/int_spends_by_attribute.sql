-- One row per demographic attribute, value, month (or none), category and payment type: spend and who is behind it.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers as (

    select * from {{ ref('int_customers_grouped') }}

),

cells as (

    select * from {{ ref('int_spend_cells_summed') }}

),

combinations as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

cells_by_attribute as (

    {{ by_attribute('cells', ['spend_month', 'category', 'payment_type', 'customers', 'spend_amount']) }}

),

monthly_cells as (

    select
        attribute,
        attribute_value,
        spend_month,
        category,
        payment_type,
        cast(sum(customers) as bigint) as customers,
        {{ exact_sum('spend_amount') }} as spend_amount
    from cells_by_attribute
    where {{ worked_out_once() }}
    group by
        attribute,
        attribute_value,
        spend_month,
        category,
        payment_type

),

/* who spent anything in a month, counted as the spend is */
spender_cells as (

    select
        customers.age_group,
        customers.gender,
        customers.marital_status,
        customers.city,
        customers.occupation,
        customer_months.spend_month,
        count(*) as customers
    from {{ ref('int_customer_months_summed') }} as customer_months
    inner join customers
        on customer_months.customer_id = customers.customer_id
    where customer_months.spend_amount <> 0
    group by
        customers.age_group,
        customers.gender,
        customers.marital_status,
        customers.city,
        customers.occupation,
        customer_months.spend_month

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

few_cells as (

    select distinct
        spend_month,
        category,
        payment_type
    from monthly_cells
    where customers between 1 and {{ var('minimum_cell_size') }} - 1

),

/* who is one of few behind an amount: only they can be alone with what they spend */
few_spends as (

    select
        customers.*,
        spends.spend_month,
        spends.category,
        spends.payment_type
    from {{ ref('int_spends') }} as spends
    inner join few_cells
        on
            spends.spend_month = few_cells.spend_month
            and spends.category = few_cells.category
            and spends.payment_type = few_cells.payment_type
    inner join customers
        on spends.customer_id = customers.customer_id
    where
        spends.spend_amount <> 0
        and {{ worked_out_once() }}

),

few_spends_by_attribute as (

    {{ by_attribute('few_spends', ['spend_month', 'category', 'payment_type', 'customer_id']) }}

),

few_spenders_by_month as (

    select
        attribute,
        'month' as item_class,
        spend_month as item,
        attribute_value as line_name,
        customer_id
    from few_spends_by_attribute

),

{{ folded_items_of_attributes('folded_months', 'month_counts', 'few_spenders_by_month') }},

/* months that are not shown are one, for they are what all months less the others leave */
few_spenders_by_kind as (

    select
        few_spends.attribute,
        case when {{ is_credit_card('few_spends.payment_type') }} then 'credit card' else 'other' end as item_class,
        concat_ws(' / ', few_spends.category, few_spends.payment_type) as item,
        concat_ws(
            ' / ',
            few_spends.attribute_value,
            case when not folded_months.is_folded then cast(few_spends.spend_month as {{ dbt.type_string() }}) end
        ) as line_name,
        few_spends.customer_id
    from few_spends_by_attribute as few_spends
    inner join folded_months
        on
            few_spends.attribute = folded_months.attribute
            and few_spends.spend_month = folded_months.item

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
    where
        monthly_cells.customers > 0
        and {{ worked_out_once() }}
    group by all

),

{{ folded_items_of_attributes('folded_kinds', 'kind_counts', 'few_spenders_by_kind') }},

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
    where {{ worked_out_once() }}

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
    where
        kinds.is_folded
        and {{ worked_out_once() }}

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
            and all_cells.spend_month = folded_months.item
    left join folded_cells
        on
            all_cells.attribute = folded_cells.attribute
            and all_cells.attribute_value = folded_cells.attribute_value
            and all_cells.spend_month is not distinct from folded_cells.spend_month
            and kinds.reported_category = folded_cells.reported_category
            and kinds.reported_payment_type = folded_cells.reported_payment_type

)

select * from reported
