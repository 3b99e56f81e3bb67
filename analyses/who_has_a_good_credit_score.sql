-- Does a good credit score go with age, or with occupation?
{{ config(enabled=has_inputs('credit_profiles')) }}
with

by_age as (

    select * from {{ ref('credit_score_by_age') }}
    where age_scheme = 'broad'

),

by_occupation as (

    select * from {{ ref('credit_score_by_occupation') }}

),

together as (

    select
        'age' as attribute,
        age_group as attribute_value,
        customers,
        good_share,
        good_share_lower,
        good_share_upper,
        good_index_100,
        good_rank
    from by_age
    where not is_suppressed
    union all
    select
        'occupation' as attribute,
        occupation as attribute_value,
        customers,
        good_share,
        good_share_lower,
        good_share_upper,
        good_index_100,
        good_rank
    from by_occupation
    where not is_suppressed

)

select * from together
order by
    attribute asc,
    good_rank asc nulls last,
    attribute_value asc
