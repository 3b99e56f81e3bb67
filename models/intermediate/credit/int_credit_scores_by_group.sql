-- One row per kind of group and group: customers by credit score, and how far the scores of the groups differ.
with

profiles as (

    select * from {{ ref('int_credit_profiles_latest') }}

),

customers_by_group as (

    select * from {{ ref('int_credit_customers_by_group') }}

),

counted as (

    select
        customers_by_group.group_type,
        customers_by_group.group_key,
        customers_by_group.group_position,
        customers_by_group.is_unknown,
        count(*) as customers,
        count(profiles.age_years) as customers_with_age,
        {{ exact_mean('profiles.age_years') }} as average_age_years,
        count(profiles.credit_score) as customers_with_score,
        count(*) filter (where profiles.credit_score = 'Good') as good_customers,
        count(*) filter (where profiles.credit_score = 'Standard') as standard_customers,
        count(*) filter (where profiles.credit_score = 'Poor') as poor_customers
    from customers_by_group
    inner join profiles
        on customers_by_group.customer_id = profiles.customer_id
    group by
        customers_by_group.group_type,
        customers_by_group.group_key,
        customers_by_group.group_position,
        customers_by_group.is_unknown

),

everyone as (

    select
        customers as population_customers,
        cast(good_customers as double) / nullif(customers_with_score, 0) as population_good_share
    from counted
    where group_type = 'all'

),

/* groups against scores: only who has both can say whether they go together */
cells as (

    {% for score in ['good', 'standard', 'poor'] %}
    select
        group_type,
        group_key,
        '{{ score }}' as score,
        {{ score }}_customers as observed,
        customers_with_score as group_total
    from counted
    where not is_unknown
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

totals as (

    select
        *,
        sum(observed) over (partition by group_type, score) as score_total,
        sum(observed) over (partition by group_type) as table_total
    from cells

),

expectations as (

    select
        *,
        cast(group_total as double) * score_total / nullif(table_total, 0) as expected
    from totals

),

chi_squares as (

    select
        group_type,
        {{ exact_sum('(observed - expected) * (observed - expected) / nullif(expected, 0)') }} as chi_square,
        max(table_total) as table_total,
        count(distinct case when group_total > 0 then group_key end) as filled_groups,
        count(distinct case when score_total > 0 then score end) as filled_scores
    from expectations
    group by group_type

),

measured as (

    select
        counted.*,
        everyone.population_customers,
        everyone.population_good_share,
        sqrt(
            chi_squares.chi_square
            / nullif(chi_squares.table_total * (least(chi_squares.filled_groups, chi_squares.filled_scores) - 1), 0)
        ) as cramers_v
    from counted
    cross join everyone
    left join chi_squares
        on counted.group_type = chi_squares.group_type

)

select * from measured
