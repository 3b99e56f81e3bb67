-- One row per input and column of amounts: by which power of ten its whole numbers are larger than those with decimals.
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
{%- set relations = {
    'customers': ref('stg_customers__customers') if has_inputs('customers'),
    'card_relationships': ref('stg_card_relationships__card_relationships') if has_inputs('card_relationships'),
    'card_usage': ref('stg_card_usage__cardholders') if has_inputs('card_usage'),
    'credit_profiles': ref('stg_credit_profiles__credit_profiles') if has_inputs('credit_profiles'),
} %}
with

input_rows as (

    select
        input_name,
        sum(loaded_rows) as loaded_rows
    from {{ ref('int_input_rows') }}
    group by input_name

),

amounts as (

    {# The columns of amounts of the enabled inputs, in one long table; of spends those of sampled customers. -#}
    {% if has_inputs('spends') -%}
    select
        'spends' as input_name,
        'spend_amount' as column_name,
        spends.spend_amount as amount
    from {{ ref('stg_spends__spends') }} as spends
    inner join input_rows
        on input_rows.input_name = 'spends'
    where
        spends.spend_amount > 0
        and {{ is_in_hash_sample('spends.customer_id', 'input_rows.loaded_rows') }}
    union all
    {% endif -%}
    {%- for input_name, relation in relations.items() if relation -%}
    select
        '{{ input_name }}' as input_name,
        column_name,
        amount
    from {{ relation }}
    unpivot (amount for column_name in ({{ columns[input_name] | join(', ') }}))
    where amount > 0
    union all
    {% endfor -%}
    {{ empty_relation({
        'input_name': dbt.type_string(), 'column_name': dbt.type_string(), 'amount': 'double'
    }) }}

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

)

select * from jumps
