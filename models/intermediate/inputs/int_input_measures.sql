-- One row per input and measure of its rows as a whole: what a customer has of what there is, and lost decimal points.
{%- set columns = {
    'customers': ['monthly_income_amount'],
    'card_relationships': ['credit_limit_amount'],
    'card_usage': [
        'balance_amount', 'purchases_amount', 'one_off_purchases_amount', 'instalment_purchases_amount',
        'cash_advance_amount', 'credit_limit_amount', 'payments_amount', 'minimum_payments_amount'
    ],
    'credit_profiles': [
        'annual_income_amount', 'monthly_salary_amount', 'outstanding_debt_amount', 'monthly_instalments_amount',
        'monthly_investment_amount', 'monthly_balance_amount'
    ],
} %}
{#- What is spent is made of transactions where no file of spends is read, and profiles of statements. #}
{%- set input_of_spends = 'spends' if 'spends' in given_inputs() else 'card_transactions' %}
{%- set input_of_profiles = 'credit_profiles' if 'credit_profiles' in given_inputs() else 'card_statements' %}
{%- set relations = {
    'customers': ref('stg_customers__customers') if has_inputs('customers'),
    'card_relationships': ref('stg_card_relationships__card_relationships') if 'card_relationships' in given_inputs(),
    'card_usage': ref('stg_card_usage__cardholders') if 'card_usage' in given_inputs(),
    'credit_profiles': ref('stg_credit_profiles__credit_profiles') if 'credit_profiles' in given_inputs(),
} %}
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
        '{{ input_of_spends }}' as input_name,
        customer_id,
        category,
        payment_type,
        spend_amount,
        spend_month as row_month
    from {{ ref('int_spends') }}
    union all
    {%- endif %}
    {% if has_inputs('credit_profiles') -%}
    select
        '{{ input_of_profiles }}' as input_name,
        customer_id,
        cast(null as {{ dbt.type_string() }}) as category,
        cast(null as {{ dbt.type_string() }}) as payment_type,
        cast(null as double) as spend_amount,
        profile_month as row_month
    from {{ ref('int_credit_profiles') }}
    union all
    {%- endif %}
    {{ empty_relation({
        'input_name': dbt.type_string(), 'customer_id': dbt.type_string(), 'category': dbt.type_string(),
        'payment_type': dbt.type_string(), 'spend_amount': 'double', 'row_month': 'date',
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
        '{{ input_of_spends }}' as input_name,
        count(*) as customers
    from customers
    inner join input_rows
        on input_rows.input_name = '{{ input_of_spends }}'
    where {{ is_in_hash_sample('customers.customer_id', 'input_rows.loaded_rows') }}

),

{% endif -%}
amounts as (

    {# The columns of amounts of the enabled inputs, in one long table; of spends those of sampled customers. -#}
    {# Sums of transactions are no amounts of a file. -#}
    select
        input_name,
        'spend_amount' as column_name,
        spend_amount as amount
    from sampled_rows
    where
        input_name = 'spends'
        and spend_amount > 0
    {%- for input_name, relation in relations.items() if relation %}
    union all
    select
        '{{ input_name }}' as input_name,
        column_name,
        amount
    from {{ relation }}
    unpivot (amount for column_name in ({{ columns[input_name] | join(', ') }}))
    where amount > 0
    {%- endfor %}

),

magnitudes as (

    select
        input_name,
        column_name,
        amount = floor(amount) as is_whole,
        count(*) as amounts,
        avg(ln(amount) / ln(10)) as mean_magnitude,
        stddev(ln(amount) / ln(10)) as spread
    from amounts
    group by
        input_name,
        column_name,
        amount = floor(amount)

),

/* amounts of so few rows, or of another spread, are other amounts and not the same ones without their points */
compared as (

    select
        whole_numbers.input_name,
        whole_numbers.column_name,
        whole_numbers.mean_magnitude - decimals.mean_magnitude as jump,
        whole_numbers.amounts >= 30
        and decimals.amounts >= 30
        and whole_numbers.spread between 0.75 * decimals.spread and 1.33 * decimals.spread as is_alike
    from magnitudes as whole_numbers
    inner join magnitudes as decimals
        on
            whole_numbers.input_name = decimals.input_name
            and whole_numbers.column_name = decimals.column_name
    where
        whole_numbers.is_whole
        and not decimals.is_whole

),

jumps as (

    select
        input_name,
        column_name,
        case
            when is_alike and round(jump) between 1 and 3 and abs(jump - round(jump)) <= 0.1
                then cast(round(jump) as integer)
            else 0
        end as power_of_ten
    from compared

),

measures as (

    select
        input_name,
        'coverage' as subject,
        'rows' as measure,
        cast(mean_rows as double) as observed,
        cast(kinds_of_rows as double) as possible
    from means
    union all
    select
        input_name,
        'coverage' as subject,
        'months' as measure,
        cast(mean_months as double) as observed,
        cast(months as double) as possible
    from means
    union all
    select
        input_name,
        'coverage' as subject,
        'categories' as measure,
        cast(mean_categories as double) as observed,
        cast(categories as double) as possible
    from means
    where categories > 0
    {%- if has_inputs('customers', 'spends') %}
    union all
    select
        means.input_name,
        'coverage' as subject,
        'customers' as measure,
        cast(means.customers as double) / nullif(customers_of_spends.customers, 0) as observed,
        cast(1 as double) as possible
    from means
    inner join customers_of_spends
        on means.input_name = customers_of_spends.input_name
    {%- endif %}
    union all
    select
        input_name,
        'magnitude' as subject,
        column_name as measure,
        cast(power_of_ten as double) as observed,
        cast(0 as double) as possible
    from jumps

)

select * from measures
