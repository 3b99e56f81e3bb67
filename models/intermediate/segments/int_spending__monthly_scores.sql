-- One row per customer and month: the spending segment that the published model gives the month's behaviour.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customer_months as (

    select * from {{ ref('int_customer_months_summed') }}

),

/* one model scores every month by its own features, so that a change of segment is a change of behaviour */
monthly_features as (

    select
        customer_id,
        spend_month as period_month,
        {{ spending_features() | trim }}
    from customer_months
    group by
        customer_id,
        spend_month

),

scores as (

    {{ score_customers_sql(
        'monthly_features', ref('int_segment_parameters'), 'spending', kept_columns=['period_month']
    ) | indent(4) if execute else '-- depends_on: ' ~ ref('int_segment_parameters') }}

)

select * from scores
