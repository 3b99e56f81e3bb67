-- One row per age scheme and age group: the credit scores of its customers against everyone's.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

scores as (

    select * from {{ ref('int_credit_scores_by_group') }}
    where group_type in ('age_group_broad', 'age_group_fine')

),

reported as (

    select
        case group_type when 'age_group_fine' then 'fine' else 'broad' end as age_scheme,
        group_key as age_group,
        group_position as band_position,
        {{ credit_score_columns() }}
    from scores

)

select * from reported
