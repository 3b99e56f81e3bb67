-- One row per input with several rows a customer and measure: what a customer has on average, of what there is.
with

input_rows as (

    select
        input_name,
        sum(loaded_rows) as loaded_rows
    from {{ ref('int_input_rows') }}
    group by input_name

),

customer_rows as (

    {% if has_inputs('spends') -%}
    select
        'spends' as input_name,
        customer_id,
        category,
        payment_type,
        spend_month as row_month
    from {{ ref('stg_spends__spends') }}
    union all
    {%- endif %}
    {% if has_inputs('credit_profiles') -%}
    select
        'credit_profiles' as input_name,
        customer_id,
        cast(null as {{ dbt.type_string() }}) as category,
        cast(null as {{ dbt.type_string() }}) as payment_type,
        profile_month as row_month
    from {{ ref('stg_credit_profiles__credit_profiles') }}
    union all
    {%- endif %}
    {{ empty_relation({
        'input_name': dbt.type_string(), 'customer_id': dbt.type_string(), 'category': dbt.type_string(),
        'payment_type': dbt.type_string(), 'row_month': 'date',
    }) }}

),

/* the rows of so many customers that means are known to a percent; the same ones whatever the order of the rows */
sampled_rows as (

    select customer_rows.*
    from customer_rows
    inner join input_rows
        on customer_rows.input_name = input_rows.input_name
    where {{ is_in_hash_sample('customer_rows.customer_id', 'input_rows.loaded_rows') }}

),

by_customer as (

    select
        input_name,
        customer_id,
        count(*) as customer_rows,
        count(distinct row_month) as months,
        count(distinct category) as categories
    from sampled_rows
    group by
        input_name,
        customer_id

),

whole_inputs as (

    select
        input_name,
        count(distinct concat_ws(' / ', row_month, category, payment_type)) as kinds_of_rows,
        count(distinct row_month) as months,
        count(distinct category) as categories
    from sampled_rows
    group by input_name

),

means as (

    select
        by_customer.input_name,
        count(*) as customers,
        avg(by_customer.customer_rows) as mean_rows,
        avg(by_customer.months) as mean_months,
        avg(by_customer.categories) as mean_categories,
        max(whole_inputs.kinds_of_rows) as kinds_of_rows,
        max(whole_inputs.months) as months,
        max(whole_inputs.categories) as categories
    from by_customer
    inner join whole_inputs
        on by_customer.input_name = whole_inputs.input_name
    group by by_customer.input_name

),

{% if has_inputs('customers', 'spends') -%}
customers as (

    select * from {{ ref('stg_customers__customers') }}

),

customers_of_spends as (

    select
        'spends' as input_name,
        count(*) as customers
    from customers
    inner join input_rows
        on input_rows.input_name = 'spends'
    where {{ is_in_hash_sample('customers.customer_id', 'input_rows.loaded_rows') }}

),

{% endif -%}
measures as (

    select
        input_name,
        'rows' as measure,
        cast(mean_rows as double) as observed,
        cast(kinds_of_rows as double) as possible
    from means
    union all
    select
        input_name,
        'months' as measure,
        cast(mean_months as double) as observed,
        cast(months as double) as possible
    from means
    union all
    select
        input_name,
        'categories' as measure,
        cast(mean_categories as double) as observed,
        cast(categories as double) as possible
    from means
    where categories > 0
    {%- if has_inputs('customers', 'spends') %}
    union all
    select
        means.input_name,
        'customers' as measure,
        cast(means.customers as double) / nullif(customers_of_spends.customers, 0) as observed,
        cast(1 as double) as possible
    from means
    inner join customers_of_spends
        on means.input_name = customers_of_spends.input_name
    {%- endif %}

)

select * from measures
