-- One row per segment and action of the playbook whose money can be said: what it brings and costs the bank in a year.
with

money as (

    select * from {{ ref('segment_playbook_money') }}

),

playbook as (

    select * from {{ ref('segment_playbook') }}

),

rule_metrics as (

    select * from {{ ref('int_segment_rule_metrics') }}
    where statistic in ('mean', 'index_100')

),

/* the index of 100 is everyone, which gives their mean */
means as (

    select
        segmentation,
        segment_key,
        metric,
        max(case when statistic = 'mean' then metric_value end) as mean_value,
        100 * max(case when statistic = 'mean' then metric_value end)
        / nullif(max(case when statistic = 'index_100' then metric_value end), 0) as everyone_mean_value
    from rule_metrics
    group by
        segmentation,
        segment_key,
        metric

),

bases as (

    select
        means.segment_key,
        money.*,
        means.mean_value * money.times_a_year as yearly_basis_amount,
        /* telling customers costs as much for each, whatever the segment */
        means.everyone_mean_value * money.times_a_year * money.fixed_cost_rate as bank_fixed_cost_amount
    from money
    inner join playbook
        on money.recommendation_key = playbook.recommendation_key
    inner join means
        on
            playbook.segmentation = means.segmentation
            and money.basis = means.metric
    where
        means.mean_value is not null
        and means.everyone_mean_value is not null

),

/* what one who takes it up leaves the bank, in its worst case and in its best */
margins as (

    select
        *,
        yearly_basis_amount * (revenue_rate_low - cost_rate_high) as user_margin_low_amount,
        yearly_basis_amount * (revenue_rate_base - cost_rate_base) as user_margin_base_amount,
        yearly_basis_amount * (revenue_rate_high - cost_rate_low) as user_margin_high_amount
    from bases

),

action_money as (

    select
        segment_key,
        recommendation_key,
        basis,
        source as assumption,
        yearly_basis_amount,
        yearly_basis_amount * revenue_rate_low * uptake_share_low as bank_revenue_low_amount,
        yearly_basis_amount * revenue_rate_base * uptake_share_base as bank_revenue_base_amount,
        yearly_basis_amount * revenue_rate_high * uptake_share_high as bank_revenue_high_amount,
        yearly_basis_amount * cost_rate_low * uptake_share_low as bank_cost_low_amount,
        yearly_basis_amount * cost_rate_base * uptake_share_base as bank_cost_base_amount,
        yearly_basis_amount * cost_rate_high * uptake_share_high as bank_cost_high_amount,
        bank_fixed_cost_amount,
        /* where who takes it up costs more than the bank earns, more of them are worse */
        least(user_margin_low_amount * uptake_share_low, user_margin_low_amount * uptake_share_high)
        - bank_fixed_cost_amount as bank_net_low_amount,
        user_margin_base_amount * uptake_share_base - bank_fixed_cost_amount as bank_net_base_amount,
        greatest(user_margin_high_amount * uptake_share_low, user_margin_high_amount * uptake_share_high)
        - bank_fixed_cost_amount as bank_net_high_amount,
        uptake_share_base,
        case when user_margin_base_amount > 0 then bank_fixed_cost_amount / user_margin_base_amount end
            as break_even_uptake_share,
        is_assumption
    from margins

)

select * from action_money
