-- One row per audience and card benefit: the spend it rests on, what it is worth, what it costs, and its rank.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

audiences as (

    select * from {{ ref('int_audiences_counted') }}

),

audience_spends as (

    select * from {{ ref('int_audience_spends_summed') }}

),

benefits as (

    select * from {{ ref('card_benefits') }}

),

customers as (

    select * from {{ ref('int_customers_spend_summed') }}

),

window_observed as (

    select max(months_observed) as months_observed from customers

),

kinds_of_spend as (

    select distinct
        category,
        payment_type
    from audience_spends

),

/* the categories and payment types of the data that a benefit rests on; one without any is not testable */
bases as (

    select
        benefits.benefit_key,
        kinds_of_spend.category,
        kinds_of_spend.payment_type
    from benefits
    inner join kinds_of_spend
        on
            case benefits.basis
                when 'spend' then true
                when 'credit_card_spend' then {{ is_credit_card('kinds_of_spend.payment_type') }}
                when 'category'
                    then {{ spelling_key('benefits.basis_value') }} = {{ spelling_key('kinds_of_spend.category') }}
                when 'category_on_credit_card'
                    then
                        {{ spelling_key('benefits.basis_value') }} = {{ spelling_key('kinds_of_spend.category') }}
                        and {{ is_credit_card('kinds_of_spend.payment_type') }}
                when 'payment_type'
                    then {{ spelling_key('benefits.basis_value') }} = {{ spelling_key('kinds_of_spend.payment_type') }}
            end

),

testable as (

    select distinct benefit_key from bases

),

/* what is folded for a kind of audience may be part of a benefit's spend as a whole only */
folded_kinds as (

    select distinct
        group_type,
        category,
        payment_type,
        folded_into
    from audience_spends
    where folded_into is not null

),

folded_in_bases as (

    select
        folded_kinds.group_type,
        bases.benefit_key,
        folded_kinds.folded_into,
        count(*) as kinds
    from folded_kinds
    inner join bases
        on
            folded_kinds.category = bases.category
            and folded_kinds.payment_type = bases.payment_type
    group by
        folded_kinds.group_type,
        bases.benefit_key,
        folded_kinds.folded_into

),

folded_in_all as (

    select
        group_type,
        folded_into,
        count(*) as kinds
    from folded_kinds
    group by
        group_type,
        folded_into

),

suppressed_bases as (

    select distinct
        folded_in_bases.group_type,
        folded_in_bases.benefit_key
    from folded_in_bases
    inner join folded_in_all
        on
            folded_in_bases.group_type = folded_in_all.group_type
            and folded_in_bases.folded_into = folded_in_all.folded_into
    where folded_in_bases.kinds < folded_in_all.kinds

),

totals as (

    select
        group_type,
        group_key,
        {{ exact_sum('spend_amount') }} as spend_amount
    from audience_spends
    group by
        group_type,
        group_key

),

basis_spends as (

    select
        audience_spends.group_type,
        audience_spends.group_key,
        bases.benefit_key,
        {{ exact_sum('audience_spends.spend_amount') }} as basis_spend_amount
    from audience_spends
    inner join bases
        on
            audience_spends.category = bases.category
            and audience_spends.payment_type = bases.payment_type
    group by
        audience_spends.group_type,
        audience_spends.group_key,
        bases.benefit_key

),

/* every audience meets every benefit, also one that it spends nothing on */
evidence as (

    select
        audiences.group_type,
        audiences.group_key,
        audiences.group_name,
        audiences.customers,
        audiences.is_suppressed as is_group_suppressed,
        audiences.is_suppressed or suppressed_bases.benefit_key is not null as is_suppressed,
        benefits.*,
        testable.benefit_key is not null as is_testable,
        case when testable.benefit_key is not null then coalesce(basis_spends.basis_spend_amount, 0) end
        / (audiences.customers * nullif(window_observed.months_observed, 0)) * 12 as yearly_basis_amount,
        case when testable.benefit_key is not null then coalesce(basis_spends.basis_spend_amount, 0) end
        / nullif(totals.spend_amount, 0) as basis_share,
        totals.spend_amount / (audiences.customers * nullif(window_observed.months_observed, 0)) * 12
            as yearly_spend_amount
    from audiences
    cross join benefits
    cross join window_observed
    left join testable
        on benefits.benefit_key = testable.benefit_key
    left join basis_spends
        on
            audiences.group_type = basis_spends.group_type
            and audiences.group_key = basis_spends.group_key
            and benefits.benefit_key = basis_spends.benefit_key
    left join suppressed_bases
        on
            audiences.group_type = suppressed_bases.group_type
            and benefits.benefit_key = suppressed_bases.benefit_key
    left join totals
        on
            audiences.group_type = totals.group_type
            and audiences.group_key = totals.group_key

),

everyone as (

    select
        benefit_key,
        yearly_basis_amount as everyone_basis_amount,
        basis_share as everyone_basis_share,
        yearly_spend_amount as everyone_spend_amount
    from evidence
    where group_type = 'all'

),

valued as (

    select
        evidence.*,
        evidence.yearly_basis_amount * evidence.reward_rate_low * evidence.uptake_share_low
            as customer_benefit_low_amount,
        evidence.yearly_basis_amount * evidence.reward_rate_base * evidence.uptake_share_base
            as customer_benefit_base_amount,
        evidence.yearly_basis_amount * evidence.reward_rate_high * evidence.uptake_share_high
            as customer_benefit_high_amount,
        evidence.yearly_basis_amount * evidence.cost_rate_low * evidence.uptake_share_low
            as bank_cost_low_amount,
        evidence.yearly_basis_amount * evidence.cost_rate_base * evidence.uptake_share_base
            as bank_cost_base_amount,
        evidence.yearly_basis_amount * evidence.cost_rate_high * evidence.uptake_share_high
            as bank_cost_high_amount,
        evidence.yearly_basis_amount * evidence.revenue_rate_low * evidence.uptake_share_low
            as bank_revenue_low_amount,
        evidence.yearly_basis_amount * evidence.revenue_rate_base * evidence.uptake_share_base
            as bank_revenue_base_amount,
        evidence.yearly_basis_amount * evidence.revenue_rate_high * evidence.uptake_share_high
            as bank_revenue_high_amount,
        /* setting it up and telling them costs as much for each customer, whoever takes it up */
        case when evidence.is_testable then everyone.everyone_spend_amount * evidence.fixed_cost_rate end
            as bank_fixed_cost_amount,
        /* what a user leaves the bank in its worst case and in its best */
        evidence.yearly_basis_amount * (evidence.revenue_rate_low - evidence.cost_rate_high) as user_margin_low_amount,
        evidence.yearly_basis_amount * (evidence.revenue_rate_base - evidence.cost_rate_base)
            as user_margin_base_amount,
        evidence.yearly_basis_amount * (evidence.revenue_rate_high - evidence.cost_rate_low)
            as user_margin_high_amount,
        100 * evidence.yearly_basis_amount / nullif(everyone.everyone_basis_amount, 0) as index_100,
        100 * evidence.basis_share / nullif(everyone.everyone_basis_share, 0) as mix_index_100
    from evidence
    left join everyone
        on evidence.benefit_key = everyone.benefit_key

),

weighed as (

    select
        *,
        customer_benefit_base_amount / nullif(bank_cost_base_amount, 0) as benefit_per_cost,
        customer_benefit_base_amount - bank_cost_base_amount as net_benefit_amount,
        (customer_benefit_base_amount - bank_cost_base_amount) * mix_index_100 / 100 as weighted_net_benefit_amount,
        /* where a user costs more than the bank earns, more users are worse */
        least(user_margin_low_amount * uptake_share_low, user_margin_low_amount * uptake_share_high)
        - bank_fixed_cost_amount as bank_net_low_amount,
        user_margin_base_amount * uptake_share_base - bank_fixed_cost_amount as bank_net_base_amount,
        greatest(user_margin_high_amount * uptake_share_low, user_margin_high_amount * uptake_share_high)
        - bank_fixed_cost_amount as bank_net_high_amount,
        case when user_margin_base_amount > 0 then bank_fixed_cost_amount / user_margin_base_amount end
            as break_even_uptake_share,
        is_testable and not is_suppressed and coalesce(yearly_basis_amount > 0, false) as is_ranked
    from valued

),

ranked as (

    select
        *,
        case
            when is_ranked
                then cast(row_number() over (
                    partition by group_type, group_key, is_ranked
                    order by weighted_net_benefit_amount desc, benefit_key asc
                ) as bigint)
        end as benefit_rank
    from weighed

),

evaluated as (

    select
        *,
        coalesce(benefit_rank <= {{ var('recommended_card_features') }} and net_benefit_amount > 0, false)
            as is_recommended
    from ranked

),

worded as (

    select
        *,
        case
            when is_suppressed then 'Suppressed: too few customers, or so few elsewhere that this would disclose them.'
            when not is_testable
                then 'Not testable: the data have no spend under ' || coalesce(basis_value, basis) || '.'
            when not is_ranked then 'Not ranked: these customers spent nothing that it rests on.'
            else
                case when is_recommended then 'Recommended' else 'Not recommended' end
                || ': ' || {{ amount_text(rounded_text('yearly_basis_amount', 0)) }}
                || ' of spend a year and customer (index '
                || {{ rounded_text('index_100', 0) }} || ', in the mix of spend '
                || {{ rounded_text('mix_index_100', 0) }} || ') is worth '
                || {{ amount_text(rounded_text('customer_benefit_base_amount', 0)) }} || ' ('
                || {{ rounded_text('customer_benefit_low_amount', 0) }} || ' to '
                || {{ rounded_text('customer_benefit_high_amount', 0) }} || ') to the customer and costs the bank '
                || {{ amount_text(rounded_text('bank_cost_base_amount', 0)) }} || ' ('
                || {{ rounded_text('bank_cost_low_amount', 0) }} || ' to '
                || {{ rounded_text('bank_cost_high_amount', 0) }} || '); rank '
                || cast(benefit_rank as string) || ' here.'
        end as reason
    from evaluated

),

suppressed as (

    select
        group_type,
        group_key,
        benefit_key,
        group_name,
        benefit_name,
        basis,
        basis_value,
        team,
        reason,
        concat(source, ' ', revenue_source) as assumption,
        case when not is_group_suppressed then customers end as customers,
        {{ unless_suppressed('yearly_basis_amount') }} as yearly_basis_amount,
        {{ unless_suppressed('basis_share') }} as basis_share,
        {{ unless_suppressed('index_100') }} as index_100,
        {{ unless_suppressed('mix_index_100') }} as mix_index_100,
        {{ unless_suppressed('customer_benefit_low_amount') }} as customer_benefit_low_amount,
        {{ unless_suppressed('customer_benefit_base_amount') }} as customer_benefit_base_amount,
        {{ unless_suppressed('customer_benefit_high_amount') }} as customer_benefit_high_amount,
        {{ unless_suppressed('bank_cost_low_amount') }} as bank_cost_low_amount,
        {{ unless_suppressed('bank_cost_base_amount') }} as bank_cost_base_amount,
        {{ unless_suppressed('bank_cost_high_amount') }} as bank_cost_high_amount,
        {{ unless_suppressed('bank_revenue_low_amount') }} as bank_revenue_low_amount,
        {{ unless_suppressed('bank_revenue_base_amount') }} as bank_revenue_base_amount,
        {{ unless_suppressed('bank_revenue_high_amount') }} as bank_revenue_high_amount,
        {{ unless_suppressed('bank_fixed_cost_amount') }} as bank_fixed_cost_amount,
        {{ unless_suppressed('bank_net_low_amount') }} as bank_net_low_amount,
        {{ unless_suppressed('bank_net_base_amount') }} as bank_net_base_amount,
        {{ unless_suppressed('bank_net_high_amount') }} as bank_net_high_amount,
        uptake_share_base,
        {{ unless_suppressed('break_even_uptake_share') }} as break_even_uptake_share,
        {{ unless_suppressed('benefit_per_cost') }} as benefit_per_cost,
        {{ unless_suppressed('net_benefit_amount') }} as net_benefit_amount,
        {{ unless_suppressed('weighted_net_benefit_amount') }} as weighted_net_benefit_amount,
        benefit_rank,
        is_recommended,
        is_testable,
        is_assumption,
        group_type in ('age_group', 'gender', 'marital_status') as has_protected_attribute,
        group_type = 'all' as is_total,
        is_suppressed
    from worded

)

select * from suppressed
