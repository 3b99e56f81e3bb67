-- One row per claim: its groups, its test, and the p-value corrected for the number of claims.
with

claims as (

    select * from {{ ref('claims') }}

),

members as (

    select * from {{ ref('int_claim_members') }}

),

tests as (

    {% if is_frozen() %}
    /* the Python model that tests is switched off */
    {{ empty_relation({
        'claim_key': dbt.type_string(), 'compared_with': dbt.type_string(), 'statistic': 'double',
        'p_value': 'double', 'effect_size': 'double', 'effect_lower': 'double', 'effect_upper': 'double',
    }) }}
    {% else %}
    select * from {{ ref('int_claim_tests') }}
    /* a test of groups in which nothing varies has no figures */
    where
        p_value is not null
        and not isnan(p_value)
    {% endif %}

),

/*
Holm (1979): the smallest p-value is multiplied by the number of claims, the next by one less, and so on. A claim of
no difference is settled by its interval and not by its p-value, so it lowers the number for none that follows.
*/
ranked as (

    select
        tests.claim_key,
        tests.p_value,
        row_number() over (order by tests.p_value asc, tests.claim_key asc) as p_rank,
        count(*) over () as tested_claims,
        count(case when claims.expected is distinct from 'none' then 1 end) over (
            order by tests.p_value asc, tests.claim_key asc
            rows between unbounded preceding and 1 preceding
        ) as earlier_differences
    from tests
    inner join claims
        on tests.claim_key = claims.claim_key

),

corrected as (

    select
        claim_key,
        max(least(1.0, (tested_claims - earlier_differences) * p_value)) over (
            order by p_rank asc
            rows between unbounded preceding and current row
        ) as adjusted_p_value
    from ranked

),

groups as (

    select
        claim_key,
        group_side,
        group_value,
        count(*) as customers,
        {{ exact_mean('outcome') }} as mean_outcome,
        count(*) >= {{ smallest_claim_group() }} as is_large_enough
    from members
    group by
        claim_key,
        group_side,
        group_value

),

group_sizes as (

    select
        claim_key,
        count(*) as groups_found,
        min(case when group_side = 'a' then customers end) as customers_a,
        max(case when group_side = 'b' then customers end) as largest_customers_b
    from groups
    group by claim_key

),

/* a customer can be in more than one group: each part of the spend is one */
claim_sizes as (

    select
        claim_key,
        count(distinct customer_id) as customers
    from members
    group by claim_key

),

/* of several rivals the one that decided is shown */
shown as (

    select
        claims.*,
        case claims.test
            when 'one_proportion' then {{ sql_text("Cohen's h") }}
            when 'one_mean' then {{ sql_text("Cohen's d") }}
            when 'two_proportion' then {{ sql_text("Cohen's h") }}
            when 'mann_whitney' then 'rank-biserial correlation'
            when 'largest_group' then 'rank-biserial correlation'
            when 'largest_part' then {{ sql_text("Cohen's d") }}
            when 'spearman' then 'rank correlation'
            when 'chi_square' then {{ sql_text("Cramer's V") }}
            when 'kruskal_wallis' then 'epsilon squared'
        end as effect_measure,
        nullif({{ in_words('claims.population', missing_claim_inputs()) }}, '') as missing_inputs,
        coalesce(tests.compared_with, claims.group_b) as compared_with,
        coalesce(group_sizes.groups_found, 0) as groups_found,
        claim_sizes.customers,
        group_sizes.customers_a,
        group_sizes.largest_customers_b,
        tests.statistic,
        tests.p_value,
        corrected.adjusted_p_value,
        tests.effect_size,
        tests.effect_lower,
        tests.effect_upper
    from claims
    left join group_sizes
        on claims.claim_key = group_sizes.claim_key
    left join claim_sizes
        on claims.claim_key = claim_sizes.claim_key
    left join tests
        on claims.claim_key = tests.claim_key
    left join corrected
        on claims.claim_key = corrected.claim_key

),

results as (

    select
        shown.claim_key,
        shown.subject,
        shown.claim,
        shown.test,
        shown.population,
        shown.metric,
        shown.group_by,
        shown.group_a,
        shown.compared_with,
        shown.expected,
        shown.effect_measure,
        shown.missing_inputs,
        shown.groups_found,
        shown.customers,
        shown.customers_a,
        shown.largest_customers_b,
        second_groups.customers as customers_b,
        case when first_groups.is_large_enough then first_groups.mean_outcome end as mean_a,
        case when second_groups.is_large_enough then second_groups.mean_outcome end as mean_b,
        shown.threshold,
        shown.statistic,
        shown.p_value,
        shown.adjusted_p_value,
        shown.effect_size,
        shown.effect_lower,
        shown.effect_upper,
        shown.smallest_effect
    from shown
    left join groups as first_groups
        on
            shown.claim_key = first_groups.claim_key
            and first_groups.group_side = 'a'
    left join groups as second_groups
        on
            shown.claim_key = second_groups.claim_key
            and second_groups.group_side = 'b'
            and shown.compared_with = second_groups.group_value

)

select * from results
