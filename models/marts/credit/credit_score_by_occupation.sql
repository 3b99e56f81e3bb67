-- One row per occupation: the credit scores of its customers against everyone's.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

scores as (

    select * from {{ ref('int_credit_scores_by_group') }}
    where group_type = 'occupation'

),

reported as (

    select
        group_key as occupation,
        {{ credit_score_columns() }}
    from scores

)

select * from reported
