-- One row per kind of group and group: how its customers repay, and what they owe for what they earn.
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
        {{ exact_mean('profiles.delayed_payments') }} as average_delayed_payments,
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

suppressed as (

    select
        -- ids
        summed.group_type,
        summed.group_key,

        -- strings
        summed.group_name,

        -- numbers
        summed.customers,
        cast(summed.customers as double) / population.population_customers as customer_share,
        {{ unless_small_cell('cast(yes_customers as double) / yes_or_no_customers', 'yes_or_no_customers') }}
            as minimum_payment_share_of_yes_or_no,
        {{ unless_small_cell(wilson_lower('yes_customers', 'yes_or_no_customers'), 'yes_or_no_customers') }}
            as minimum_payment_share_of_yes_or_no_lower,
        {{ unless_small_cell(wilson_upper('yes_customers', 'yes_or_no_customers'), 'yes_or_no_customers') }}
            as minimum_payment_share_of_yes_or_no_upper,
        {{ unless_small_cell('cast(yes_customers as double) / answering_customers', 'answering_customers') }}
            as minimum_payment_share_of_all_answers,
        {{ unless_small_cell(wilson_lower('yes_customers', 'answering_customers'), 'answering_customers') }}
            as minimum_payment_share_of_all_answers_lower,
        {{ unless_small_cell(wilson_upper('yes_customers', 'answering_customers'), 'answering_customers') }}
            as minimum_payment_share_of_all_answers_upper,
        {{ unless_small_cell(
            'cast(answering_customers - yes_or_no_customers as double) / answering_customers', 'answering_customers'
        ) }} as not_mentioned_share_of_all_answers,
        {{ unless_small_cell('average_payment_delay_days', 'customers_with_delay') }} as average_payment_delay_days,
        {{ unless_small_cell('cast(late_payers as double) / customers_with_delay', 'customers_with_delay') }}
            as late_payer_share,
        {{ unless_small_cell(wilson_lower('late_payers', 'customers_with_delay'), 'customers_with_delay') }}
            as late_payer_share_lower,
        {{ unless_small_cell(wilson_upper('late_payers', 'customers_with_delay'), 'customers_with_delay') }}
            as late_payer_share_upper,
        {{ unless_small_cell('average_delayed_payments') }} as average_delayed_payments,
        {{ unless_small_cell(
            'average_debt_amount / nullif(average_salary_of_debtors_amount, 0)', 'customers_with_debt_ratio'
        ) }} as debt_to_income_ratio_of_means,
        {{ unless_small_cell('median_debt_to_income_ratio', 'customers_with_debt_ratio') }}
            as median_debt_to_income_ratio,
        {{ unless_small_cell('average_credit_utilisation_pct') }} as average_credit_utilisation_pct,
        {{ unless_small_cell(
            'average_instalments_amount / nullif(average_salary_of_payers_amount, 0)',
            'customers_with_instalment_share'
        ) }} as instalment_share_of_salary,

        -- booleans
        summed.is_unknown,
        summed.customers < {{ var('minimum_cell_size') }} as is_suppressed
    from summed
    cross join population

)

select * from suppressed
