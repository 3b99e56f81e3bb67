-- How many rows of each input were used, rejected and repaired?
with

quality as (

    select * from {{ ref('input_quality') }}

),

summed as (

    select
        input_name,
        measure,
        coalesce(rule_name, '(all)') as rule_name,
        sum(measured) as measured
    from quality
    group by
        input_name,
        measure,
        rule_name

)

select * from summed
order by
    input_name asc,
    measure asc,
    measured desc,
    rule_name asc
