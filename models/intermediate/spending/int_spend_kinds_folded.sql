-- One row per demographic attribute, category and payment type: under which words the spend on it is published.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers as (

    select * from {{ ref('int_customers_grouped') }}

),

monthly_cells as (

    select * from {{ ref('int_spend_cells_by_attribute') }}

),

folded_months as (

    select * from {{ ref('int_spend_months_folded') }}

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
            and few_spends.spend_month = folded_months.spend_month

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
            and monthly_cells.spend_month = folded_months.spend_month
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

)

select * from kinds
