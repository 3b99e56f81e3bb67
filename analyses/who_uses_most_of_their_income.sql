-- Which occupations spend the largest part of their income, and by how much more than everyone?
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

utilisation as (

    select * from {{ ref('income_utilisation_by_demographic') }}

),

everyone as (

    select * from utilisation
    where attribute = 'all'

),

compared as (

    select
        utilisation.attribute_value as occupation,
        utilisation.customers,
        utilisation.income_utilisation_ratio_of_means_pct as income_utilisation_pct,
        utilisation.income_utilisation_ratio_of_means_pct
        - everyone.income_utilisation_ratio_of_means_pct as above_everyone_points
    from utilisation
    cross join everyone
    where
        utilisation.attribute = 'occupation'
        and not utilisation.is_suppressed

)

select * from compared
order by income_utilisation_pct desc
