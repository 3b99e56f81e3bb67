-- One row per claim: how it was tested, what came out, and the verdict in words with its reason.
{% set minimum = smallest_claim_group() %}
with

results as (

    select * from {{ ref('int_claim_results') }}

),

/* turned so that the expected direction is up; an effect without direction is up anyway */
turned as (

    select
        *,
        coalesce(adjusted_p_value <= {{ var('claim_significance_level') }}, false) as is_significant,
        case expected when 'less' then -effect_size else effect_size end as expected_effect
    from results

),

evaluated as (

    select
        *,
        case
            when adjusted_p_value is null then 'not testable'
            /* that there is no difference is supported only where the interval leaves no room for one */
            when expected = 'none' and effect_upper < smallest_effect and effect_lower > -smallest_effect
                then 'supported'
            when expected = 'none' then 'not supported'
            when not is_significant then 'not supported'
            when expected = 'different' and abs(effect_size) >= smallest_effect then 'supported'
            when expected = 'different' then 'not supported'
            when expected_effect >= smallest_effect then 'supported'
            when expected_effect <= -smallest_effect then 'reversed'
            else 'not supported'
        end as verdict
    from turned

),

worded as (

    select
        *,
        case
            when missing_inputs is not null then 'The input ' || missing_inputs || ' is not there.'
            when groups_found = 0 then 'No customer has a value of ' || replace(metric, '_', ' ') || ' in these groups.'
            when group_a is not null and customers_a is null
                then 'No customer is in the group ' || group_a || ', or too few to be shown.'
            when customers_a < {{ minimum }}
                then
                    'Fewer than {{ minimum }} customers can be tested'
                    || coalesce(' in the group ' || group_a, '') || '.'
            when compared_with is not null and largest_customers_b is null
                then 'No customer is in a group to compare with.'
            when largest_customers_b < {{ minimum }}
                then 'Fewer than {{ minimum }} customers are in a group to compare with.'
            else 'Fewer than two groups have {{ minimum }} customers, or nothing differs between any two customers.'
        end as untestable_reason,
        case
            when mean_a is not null and mean_b is not null
                then
                    'On average ' || {{ claim_figure('mean_a') }} || ' (' || coalesce(group_a, 'all') || ') against '
                    || {{ claim_figure('mean_b') }} || ' (' || compared_with || '); '
            when mean_a is not null and threshold is not null
                then
                    'On average ' || {{ claim_figure('mean_a') }}
                    || ' against ' || {{ claim_figure('threshold') }} || '; '
            else ''
        end
        || effect_measure || ' ' || {{ claim_figure('effect_size') }}
        || ' (' || {{ claim_figure('effect_lower') }} || ' to ' || {{ claim_figure('effect_upper') }}
        || '), corrected p '
        || case
            when adjusted_p_value < 0.001 then 'below 0.001'
            else {{ claim_figure('adjusted_p_value') }}
        end as figures,
        case
            when expected = 'none' and verdict = 'supported'
                then 'any difference is smaller than matters'
            when expected = 'none' and is_significant and abs(effect_size) >= smallest_effect
                then 'there is a difference, and it matters'
            when expected = 'none'
                then 'a difference that matters cannot be ruled out'
            when not is_significant
                then 'no difference beyond chance'
            when abs(effect_size) < smallest_effect and expected <> 'different' and expected_effect < 0
                then 'differs the other way, but hardly'
            when abs(effect_size) < smallest_effect
                then 'differs, but hardly'
            when verdict = 'reversed'
                then 'the other way round'
            else 'as claimed'
        end as finding
    from evaluated

),

reported as (

    select
        -- ids
        claim_key,

        -- strings
        subject,
        claim,
        verdict,
        case
            when verdict = 'not testable' then untestable_reason
            else figures || ': ' || finding || '.'
        end as reason,
        test,
        population,
        metric,
        group_by,
        group_a,
        compared_with,
        expected,
        effect_measure,

        -- numbers
        {{ unless_small_cell('customers') }} as customers,
        {{ unless_small_cell('customers_a', 'customers_a') }} as customers_a,
        {{ unless_small_cell('customers_b', 'customers_b') }} as customers_b,
        mean_a,
        mean_b,
        threshold,
        statistic,
        p_value,
        adjusted_p_value,
        effect_size,
        effect_lower,
        effect_upper,
        smallest_effect,

        -- booleans
        is_significant
    from worded

)

select * from reported
