-- One row per kind of group and group: how its customers repay, and what they owe for what they earn.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

profiles as (

    select * from {{ ref('int_repayment__features') }}

),

customers_by_group as (

    select * from {{ ref('int_credit_customers_by_group') }}
    where group_type <> 'age_group_fine'

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

summed as (

    select
        case
            when customers_by_group.group_type = 'age_group_broad' then 'age_group'
            else customers_by_group.group_type
        end as group_type,
        customers_by_group.group_key,
        count(*) as customers,
        count(*) filter (where profiles.minimum_payment_answer = 'Yes') as yes_customers,
        count(*) filter (where profiles.minimum_payment_answer in ('Yes', 'No')) as yes_or_no_customers,
        count(profiles.minimum_payment_answer) as answering_customers,
        count(profiles.payment_delay_days) as customers_with_delay,
        count(*) filter (where profiles.payment_delay_days > {{ var('late_payment_days') }}) as late_payers,
        {{ exact_mean('profiles.payment_delay_days') }} as average_payment_delay_days,
        count(profiles.delayed_payments) as customers_with_delayed_payments,
        {{ exact_mean('profiles.delayed_payments') }} as average_delayed_payments,
        count(profiles.credit_line_utilisation_pct) as customers_with_utilisation,
        {{ exact_mean('profiles.credit_line_utilisation_pct') }} as average_credit_line_utilisation_pct,
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
        customers_by_group.is_unknown

),

named as (

    select
        summed.*,
        coalesce(segments.segment_name, summed.group_key) as group_name
    from summed
    left join segments
        on summed.group_key = segments.segment_key

),

/* age bands are part of others in the score tables, so there it is decided which groups are counted */
counted as (

    select
        case when group_type = 'age_group_broad' then 'age_group' else group_type end as group_type,
        group_key,
        is_count_suppressed
    from {{ ref('int_credit_scores_by_group') }}

),

sized as (

    select
        named.*,
        max(case when named.group_type = 'all' then named.customers end) over () as population_customers,
        coalesce(
            counted.is_count_suppressed,
            {{ is_suppressed_in_total('named.customers', 'named.group_type', 'named.group_key') }}
        ) as is_suppressed
    from named
    left join counted
        on
            named.group_type = counted.group_type
            and named.group_key = counted.group_key

),

/* each figure rests on those who have it, so each is suppressed by itself */
protected as (

    select
        *,
        is_suppressed or {{ is_suppressed_in_total('yes_or_no_customers', 'group_type', 'group_key') }}
            as is_yes_or_no_suppressed,
        is_suppressed or {{ is_suppressed_in_total('answering_customers', 'group_type', 'group_key') }}
            as is_answer_suppressed,
        is_suppressed or {{ is_suppressed_in_total('customers_with_delay', 'group_type', 'group_key') }}
            as is_delay_suppressed,
        is_suppressed or {{ is_suppressed_in_total('customers_with_delayed_payments', 'group_type', 'group_key') }}
            as is_delayed_payments_suppressed,
        is_suppressed or {{ is_suppressed_in_total('customers_with_debt_ratio', 'group_type', 'group_key') }}
            as is_debt_ratio_suppressed,
        is_suppressed or {{ is_suppressed_in_total('customers_with_utilisation', 'group_type', 'group_key') }}
            as is_utilisation_suppressed,
        is_suppressed or {{ is_suppressed_in_total('customers_with_instalment_share', 'group_type', 'group_key') }}
            as is_instalment_share_suppressed
    from sized

),

suppressed as (

    select
        -- ids
        group_type,
        group_key,

        -- strings
        group_name,

        -- numbers
        {{ unless_suppressed('customers') }} as customers,
        {{ unless_suppressed('cast(customers as double) / population_customers') }} as customer_share,
        case when not is_yes_or_no_suppressed then cast(yes_customers as double) / nullif(yes_or_no_customers, 0) end
            as minimum_payment_share_of_yes_or_no,
        case when not is_yes_or_no_suppressed then {{ wilson_lower('yes_customers', 'yes_or_no_customers') }} end
            as minimum_payment_share_of_yes_or_no_lower,
        case when not is_yes_or_no_suppressed then {{ wilson_upper('yes_customers', 'yes_or_no_customers') }} end
            as minimum_payment_share_of_yes_or_no_upper,
        case when not is_answer_suppressed then cast(yes_customers as double) / nullif(answering_customers, 0) end
            as minimum_payment_share_of_all_answers,
        case when not is_answer_suppressed then {{ wilson_lower('yes_customers', 'answering_customers') }} end
            as minimum_payment_share_of_all_answers_lower,
        case when not is_answer_suppressed then {{ wilson_upper('yes_customers', 'answering_customers') }} end
            as minimum_payment_share_of_all_answers_upper,
        case
            when not is_answer_suppressed
                then cast(answering_customers - yes_or_no_customers as double) / nullif(answering_customers, 0)
        end as not_mentioned_share_of_all_answers,
        case when not is_delay_suppressed then average_payment_delay_days end as average_payment_delay_days,
        case when not is_delay_suppressed then cast(late_payers as double) / nullif(customers_with_delay, 0) end
            as late_payer_share,
        case when not is_delay_suppressed then {{ wilson_lower('late_payers', 'customers_with_delay') }} end
            as late_payer_share_lower,
        case when not is_delay_suppressed then {{ wilson_upper('late_payers', 'customers_with_delay') }} end
            as late_payer_share_upper,
        case when not is_delayed_payments_suppressed then average_delayed_payments end as average_delayed_payments,
        case
            when not is_debt_ratio_suppressed
                then average_debt_amount / nullif(average_salary_of_debtors_amount, 0)
        end as debt_to_income_ratio_of_means,
        case when not is_debt_ratio_suppressed then median_debt_to_income_ratio end as median_debt_to_income_ratio,
        case when not is_utilisation_suppressed then average_credit_line_utilisation_pct end
            as average_credit_line_utilisation_pct,
        case
            when not is_instalment_share_suppressed
                then average_instalments_amount / nullif(average_salary_of_payers_amount, 0)
        end as instalment_share_of_salary,

        -- booleans
        is_unknown,
        group_type = 'all' as is_total,
        is_suppressed
    from protected

)

select * from suppressed
