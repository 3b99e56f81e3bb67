-- Which of the claims about customers hold in these data, and on what evidence?
with

claims as (

    select * from {{ ref('tested_claims') }}

),

judged as (

    select
        subject,
        claim,
        verdict,
        reason,
        statistics,
        customers,
        effect_measure,
        effect_size,
        effect_lower,
        effect_upper,
        adjusted_p_value
    from claims

)

select * from judged
order by
    verdict asc,
    subject asc,
    claim asc
