-- Which card-usage segment is each of these cardholders in?
{{ config(enabled=has_inputs('card_usage')) }}
-- Put any relation with the features in place of the feature model.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
{{ score_customers_sql(
    ref('int_card_usage__features'), ref('segment_parameters'), 'card_usage'
) if execute else '-- depends_on: ' ~ ref('int_card_usage__features') ~ ref('segment_parameters') }}
