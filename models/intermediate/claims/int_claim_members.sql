-- One row per claim, customer and group that the claim compares: the customer's outcome.
with

claims as (

    select * from {{ ref('claims') }}

),

{% if has_inputs('credit_profiles') -%}
credit_values as (

    select
        customer_id,
        group_type,
        group_key
    from {{ ref('int_repayment__features') }}
    unpivot (group_key for group_type in (occupation, credit_mix, credit_score))

),

credit_sizes as (

    select
        group_type,
        group_key,
        {{ is_folded('count(*)', 'group_type', 'group_key') }} as is_folded
    from credit_values
    group by
        group_type,
        group_key

),

/* small groups are one, as in the credit tables */
credit_groups as (

    select
        credit_values.customer_id,
        credit_values.group_type,
        case when credit_sizes.is_folded then {{ all_other() }} else credit_values.group_key end as group_key
    from credit_values
    inner join credit_sizes
        on
            credit_values.group_type = credit_sizes.group_type
            and credit_values.group_key = credit_sizes.group_key

),

{% endif -%}
outcomes as (

    /* every claim, so that one whose input is missing is a claim without outcomes */
    select
        claim_key,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        cast(null as {{ dbt.type_string() }}) as group_text,
        cast(null as double) as group_number,
        cast(null as double) as outcome
    from claims
    {% if has_inputs('credit_profiles') %}
    union all
    select
        claims.claim_key,
        profiles.customer_id,
        case
            when claims.group_by = 'minimum_payment_answer' then profiles.minimum_payment_answer
            else reported_groups.group_key
        end as group_text,
        case claims.group_by when 'age_years' then cast(profiles.age_years as double) end as group_number,
        case claims.metric
            when 'minimum_payment' then case profiles.minimum_payment_answer when 'Yes' then 1.0 when 'No' then 0.0 end
            when 'minimum_payment_of_all_answers' then cast(profiles.minimum_payment_answer = 'Yes' as double)
            when 'good_credit_score' then cast(profiles.credit_score = 'Good' as double)
            when 'poor_credit_score' then cast(profiles.credit_score = 'Poor' as double)
            when 'credit_score_rank'
                then case profiles.credit_score when 'Poor' then 1.0 when 'Standard' then 2.0 when 'Good' then 3.0 end
            when 'payment_delay_days' then cast(profiles.payment_delay_days as double)
            when 'delayed_payments' then cast(profiles.delayed_payments as double)
            when 'credit_line_utilisation_pct' then cast(profiles.credit_line_utilisation_pct as double)
            when 'debt_to_income_ratio' then cast(profiles.debt_to_income_ratio as double)
            when 'outstanding_debt_amount' then cast(profiles.outstanding_debt_amount as double)
        end as outcome
    from {{ claim_sample(ref('int_repayment__features')) }} as profiles
    cross join claims
    left join credit_groups as reported_groups
        on
            profiles.customer_id = reported_groups.customer_id
            and claims.group_by = reported_groups.group_type
    where claims.population = 'credit_profiles'
    {% endif %}
    {% if has_inputs('customers', 'spends') %}
    union all
    select
        claims.claim_key,
        customers.customer_id,
        reported_groups.attribute_value as group_text,
        cast(null as double) as group_number,
        case claims.metric
            when 'income_utilisation_pct' then cast(customers.income_utilisation_pct as double)
            when 'average_monthly_spend_amount' then cast(customers.average_monthly_spend_amount as double)
            when 'monthly_income_amount' then cast(customers.monthly_income_amount as double)
        end as outcome
    from {{ claim_sample(ref('int_customers_spend_summed')) }} as customers
    cross join claims
    left join {{ ref('int_customers_by_attribute') }} as reported_groups
        on
            customers.customer_id = reported_groups.customer_id
            and claims.group_by = reported_groups.attribute
    where claims.population = 'customers'
    {% endif %}
    {% if has_inputs('spends') %}
    union all
    select
        claims.claim_key,
        shares.customer_id,
        case when claims.group_by = shares.part_type then shares.part end as group_text,
        cast(null as double) as group_number,
        case claims.metric when 'spend_share' then shares.spend_share end as outcome
    from {{ ref('int_customer_spend_shares') }} as shares
    inner join claims
        on
            (claims.population = 'customer_categories' and shares.part_type = 'category')
            or (claims.population = 'customer_payment_types' and shares.part_type = 'payment_type')
    {% endif %}
    {% if has_inputs('card_relationships') %}
    union all
    select
        claims.claim_key,
        relationships.customer_id,
        cast(null as {{ dbt.type_string() }}) as group_text,
        case claims.group_by
            when 'credit_cards' then cast(relationships.credit_cards as double)
            when 'credit_limit_amount' then cast(relationships.credit_limit_amount as double)
        end as group_number,
        case claims.metric
            when 'calls' then cast(relationships.calls as double)
            when 'online_visits' then cast(relationships.online_visits as double)
            when 'branch_visits' then cast(relationships.branch_visits as double)
            when 'calls_share_of_contacts' then relationships.calls_share_of_contacts
            when 'online_share_of_contacts' then relationships.online_share_of_contacts
            when 'branch_share_of_contacts' then relationships.branch_share_of_contacts
        end as outcome
    from {{ claim_sample(ref('int_relationship__features')) }} as relationships
    cross join claims
    where claims.population = 'card_relationships'
    {% endif %}
    {% if has_inputs('card_usage') %}
    union all
    select
        claims.claim_key,
        cardholders.customer_id,
        case
            when claims.group_by = 'takes_cash_advances' and cardholders.cash_advance_amount > 0 then 'Yes'
            when claims.group_by = 'takes_cash_advances' and cardholders.cash_advance_amount <= 0 then 'No'
        end as group_text,
        case claims.group_by
            when 'credit_limit_amount' then cast(cardholders.credit_limit_amount as double)
            when 'tenure_months' then cast(cardholders.tenure_months as double)
        end as group_number,
        case claims.metric
            when 'balance_amount' then cast(cardholders.balance_amount as double)
            when 'limit_utilisation_share' then cast(cardholders.limit_utilisation_share as double)
            when 'payment_ratio' then cast(cardholders.payment_ratio as double)
            when 'purchases_amount' then cast(cardholders.purchases_amount as double)
            when 'pays_in_full_mostly' then cast(cardholders.full_payment_share > 0.5 as double)
        end as outcome
    from {{ claim_sample(ref('int_card_usage__features')) }} as cardholders
    cross join claims
    where claims.population = 'card_usage'
    {% endif %}

),

observed as (

    select
        outcomes.*,
        claims.test,
        claims.group_by,
        claims.group_a,
        claims.group_b
    from outcomes
    inner join claims
        on outcomes.claim_key = claims.claim_key
    where
        outcomes.outcome is not null
        /* customers without a value of the column belong to no group */
        and (claims.group_by is null or outcomes.group_text is not null or outcomes.group_number is not null)

),

/* each value is compared with the groups of the claim once, not for each customer */
group_values as (

    select
        claim_key,
        group_text,
        group_number,
        {{ is_in_claim_group('group_a') }} as is_in_a,
        {{ is_in_claim_group('group_b') }} as is_in_b
    from observed
    group by
        claim_key,
        group_text,
        group_number,
        group_a,
        group_b

),

grouped as (

    select
        observed.*,
        group_values.is_in_a,
        group_values.is_in_b
    from observed
    inner join group_values
        on
            observed.claim_key = group_values.claim_key
            and observed.group_text is not distinct from group_values.group_text
            and observed.group_number is not distinct from group_values.group_number

),

/* a customer of group a is never one of the rest */
sided as (

    select
        *,
        case
            when group_by is null or test = 'spearman' or is_in_a then 'a'
            when group_b = 'rest' or is_in_b then 'b'
            when group_a is null then 'each'
        end as group_side
    from grouped

),

members as (

    select
        claim_key,
        customer_id,
        group_side,
        case
            when group_by is null or test = 'spearman' then 'all'
            when group_side = 'a' then group_a
            when group_side = 'b' and test not in ('largest_group', 'largest_part') then group_b
            else coalesce(group_text, cast(group_number as {{ dbt.type_string() }}))
        end as group_value,
        group_number,
        outcome
    from sided
    where group_side is not null

)

select * from members
