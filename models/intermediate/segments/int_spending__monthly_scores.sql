-- One row per customer and month: the spending segment that the published model gives the month's behaviour.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

scores as (

    {{ score_customers_sql(
        ref('int_spending__monthly_features'), ref('int_segment_parameters'), 'spending', kept_columns=['period_month']
    ) | indent(4) if execute else '-- depends_on: ' ~ ref('int_spending__monthly_features') ~ ref('int_segment_parameters') }}

)

select * from scores
