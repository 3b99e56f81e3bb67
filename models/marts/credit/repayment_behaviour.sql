-- One row per kind of group and group: how its customers repay, and what they owe for what they earn.
{{ config(enabled=has_inputs('credit_profiles')) }}
{#- Each figure with the customers that it rests on: who has what it is taken of. -#}
{%- set figures = {
    'minimum_payment_share_of_yes_or_no': ['cast(yes_customers as double) / nullif(yes_or_no_customers, 0)', 'yes_or_no_customers'],
    'minimum_payment_share_of_yes_or_no_lower': [wilson_lower('yes_customers', 'yes_or_no_customers'), 'yes_or_no_customers'],
    'minimum_payment_share_of_yes_or_no_upper': [wilson_upper('yes_customers', 'yes_or_no_customers'), 'yes_or_no_customers'],
    'minimum_payment_share_of_all_answers': ['cast(yes_customers as double) / nullif(answering_customers, 0)', 'answering_customers'],
    'minimum_payment_share_of_all_answers_lower': [wilson_lower('yes_customers', 'answering_customers'), 'answering_customers'],
    'minimum_payment_share_of_all_answers_upper': [wilson_upper('yes_customers', 'answering_customers'), 'answering_customers'],
    'not_mentioned_share_of_all_answers': [
        'cast(answering_customers - yes_or_no_customers as double) / nullif(answering_customers, 0)', 'answering_customers'
    ],
    'average_payment_delay_days': ['average_payment_delay_days', 'customers_with_delay'],
    'late_payer_share': ['cast(late_payers as double) / nullif(customers_with_delay, 0)', 'customers_with_delay'],
    'late_payer_share_lower': [wilson_lower('late_payers', 'customers_with_delay'), 'customers_with_delay'],
    'late_payer_share_upper': [wilson_upper('late_payers', 'customers_with_delay'), 'customers_with_delay'],
    'average_delayed_payments': ['average_delayed_payments', 'customers_with_delayed_payments'],
    'debt_to_income_ratio_of_means': [
        'average_debt_amount / nullif(average_salary_of_debtors_amount, 0)', 'customers_with_debt_ratio'
    ],
    'median_debt_to_income_ratio': ['median_debt_to_income_ratio', 'customers_with_debt_ratio'],
    'average_credit_utilisation_pct': ['average_credit_utilisation_pct', 'customers_with_utilisation'],
    'instalment_share_of_salary': [
        'average_instalments_amount / nullif(average_salary_of_payers_amount, 0)', 'customers_with_instalment_share'
    ],
} %}
with

profiles as (

    select * from {{ ref('int_credit_profiles_latest') }}

),

customers_by_group as (

    select * from {{ ref('int_credit_customers_by_group') }}
    where group_type <> 'age_group_fine'

),

population as (

    select count(*) as population_customers from profiles

),

summed as (

    select
        case
            when customers_by_group.group_type = 'age_group_broad' then 'age_group'
            else customers_by_group.group_type
        end as group_type,
        customers_by_group.group_key,
        customers_by_group.group_name,
        count(*) as customers,
        count(*) filter (where profiles.minimum_payment_answer = 'Yes') as yes_customers,
        count(*) filter (where profiles.minimum_payment_answer in ('Yes', 'No')) as yes_or_no_customers,
        count(profiles.minimum_payment_answer) as answering_customers,
        count(profiles.payment_delay_days) as customers_with_delay,
        count(*) filter (where profiles.payment_delay_days > {{ var('late_payment_days') }}) as late_payers,
        {{ exact_mean('profiles.payment_delay_days') }} as average_payment_delay_days,
        count(profiles.delayed_payments) as customers_with_delayed_payments,
        {{ exact_mean('profiles.delayed_payments') }} as average_delayed_payments,
        count(profiles.credit_utilisation_pct) as customers_with_utilisation,
        {{ exact_mean('profiles.credit_utilisation_pct') }} as average_credit_utilisation_pct,
        count(profiles.debt_to_income_ratio) as customers_with_debt_ratio,
        median(profiles.debt_to_income_ratio) as median_debt_to_income_ratio,
        {{ exact_mean(
            'case when profiles.monthly_salary_amount is not null then profiles.outstanding_debt_amount end'
        ) }} as average_debt_amount,
        {{ exact_mean(
            'case when profiles.outstanding_debt_amount is not null then profiles.monthly_salary_amount end'
        ) }} as average_salary_of_debtors_amount,
        count(*) filter (
            where profiles.monthly_instalments_amount is not null and profiles.monthly_salary_amount is not null
        ) as customers_with_instalment_share,
        {{ exact_mean(
            'case when profiles.monthly_salary_amount is not null then profiles.monthly_instalments_amount end'
        ) }} as average_instalments_amount,
        {{ exact_mean(
            'case when profiles.monthly_instalments_amount is not null then profiles.monthly_salary_amount end'
        ) }} as average_salary_of_payers_amount,
        customers_by_group.is_unknown
    from customers_by_group
    inner join profiles
        on customers_by_group.customer_id = profiles.customer_id
    group by
        customers_by_group.group_type,
        customers_by_group.group_key,
        customers_by_group.group_name,
        customers_by_group.is_unknown

),

/* each figure rests on those who have it, so each is hidden by itself */
judged as (

    select
        *,
        {%- for base in figures.values() | map(attribute=1) | unique %}
        {{ is_suppressed_in_total(base, 'group_type', 'group_key') }} as is_{{ base }}_hidden,
        {%- endfor %}
        {{ is_suppressed_in_total('customers', 'group_type', 'group_key') }} as is_suppressed
    from summed

),

suppressed as (

    select
        -- ids
        judged.group_type,
        judged.group_key,

        -- strings
        judged.group_name,

        -- numbers
        judged.customers,
        cast(judged.customers as double) / population.population_customers as customer_share,
        {%- for name, figure in figures.items() %}
        case when not is_{{ figure[1] }}_hidden then {{ figure[0] }} end as {{ name }},
        {%- endfor %}

        -- booleans
        judged.is_unknown,
        judged.is_suppressed
    from judged
    cross join population

)

select * from suppressed
