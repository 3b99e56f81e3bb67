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
        effect_upper < smallest_effect and effect_lower > -smallest_effect as is_too_small_to_matter,
        is_significant and abs(effect_size) >= smallest_effect as is_difference_that_matters
    from turned

),

/* what the data leave room for is undecided; no difference is found only where the interval leaves no room for one */
judged as (

    select
        *,
        case
            when adjusted_p_value is null then 'undecided'
            when expected = 'none' and is_too_small_to_matter then 'supported'
            when expected = 'none' and is_difference_that_matters then 'contradicted'
            when expected = 'none' then 'undecided'
            when is_difference_that_matters and (expected = 'different' or expected_effect > 0) then 'supported'
            when is_difference_that_matters then 'contradicted'
            when is_too_small_to_matter then 'no difference that matters'
            else 'undecided'
        end as verdict,
        {{ in_words('metric', labels_at(claim_metric_labels(), 0)) }} as metric_in_words,
        {{ in_words('metric', labels_at(claim_metric_labels(), 1)) }} as metric_unit,
        {{ in_words('group_by', labels_at(claim_column_labels(), 0)) }} as column_in_words,
        {{ claim_group_in_words('group_a', 'group_by') }} as group_a_in_words,
        {{ claim_group_in_words('compared_with', 'group_by') }} as compared_with_in_words
    from evaluated

),

worded as (

    select
        *,
        case
            when missing_inputs is not null then 'The input ' || missing_inputs || ' is not there.'
            {%- if is_frozen() %}
            else 'Not tested: the build is frozen, and the last publication has no test of this claim. A full build tests it.'
            {%- else %}
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
            {%- endif %}
        end as untestable_reason,
        case
            when metric_unit = 'who' then 'the share of customers who ' || metric_in_words else metric_in_words
        end as subject_in_words,
        case
            when metric_unit = 'who'
                then
                    {{ figure_in_words('mean_a', 'metric_unit') }}
                    || ' of ' || group_a_in_words || ' ' || metric_in_words
            else
                upper(substring(metric_in_words, 1, 1)) || substring(metric_in_words, 2) || ' is '
                || {{ figure_in_words('mean_a', 'metric_unit') }} || ' on average for ' || group_a_in_words
        end as mean_a_in_words,
        {{ figure_in_words('mean_b', 'metric_unit') }}
        || case when metric_unit = 'who' then ' of ' else ' for ' end || compared_with_in_words as mean_b_in_words,
        {{ figure_in_words('threshold', 'metric_unit') }} || ' in the claim' as threshold_in_words,
        effect_measure || ' ' || {{ claim_figure('effect_size') }}
        || ' (' || {{ claim_figure('effect_lower') }} || ' to ' || {{ claim_figure('effect_upper') }}
        || '), corrected p '
        || case
            when adjusted_p_value < 0.001 then 'below 0.001'
            else {{ claim_figure('adjusted_p_value') }}
        end as statistics,
        case
            when verdict = 'contradicted' and expected = 'none' then 'a difference that matters'
            when verdict = 'contradicted' then 'the opposite of the claim'
            when verdict = 'supported' and expected <> 'none' then 'as claimed'
            when verdict = 'undecided' and expected <> 'none' and not is_significant
                then 'no difference beyond chance, but the data leave room for one'
            when verdict = 'undecided' then 'the data leave open whether that matters'
            else 'any difference is too small to matter'
        end as finding
    from judged

),

said as (

    select
        *,
        case
            when mean_a is not null and mean_b is not null and compared_with is not null
                then mean_a_in_words || ', against ' || mean_b_in_words
            when mean_a is not null and threshold is not null
                then mean_a_in_words || ', against ' || threshold_in_words
            else
                upper(substring(subject_in_words, 1, 1)) || substring(subject_in_words, 2)
                || case
                    when not is_significant and test = 'spearman' then ' shows no clear trend with ' || column_in_words
                    when not is_significant then ' shows no clear difference by ' || column_in_words
                    when test <> 'spearman' then ' differs by ' || column_in_words
                    when effect_size > 0 then ' rises with ' || column_in_words
                    else ' falls as ' || column_in_words || ' rises'
                end
        end as comparison
    from worded

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
            when adjusted_p_value is null then untestable_reason
            else comparison || ': ' || finding || '.'
        end as reason,
        case when adjusted_p_value is not null then statistics end as statistics,
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
        is_significant,

        -- dates
        cast({{ 'null' if is_frozen() else build_time() }} as timestamp) as tested_at
    from said

),

{% if is_frozen() %}
/* a frozen build tests nothing: of a claim that says what it said, what was published last stands, with its date */
last_claims as (

    {{ select_last_published('tested_claims', {
        'claim_key': 'string', 'subject': 'string', 'claim': 'string', 'verdict': 'string', 'reason': 'string',
        'statistics': 'string', 'test': 'string', 'population': 'string', 'metric': 'string', 'group_by': 'string',
        'group_a': 'string', 'compared_with': 'string', 'expected': 'string', 'effect_measure': 'string',
        'customers': 'bigint', 'customers_a': 'bigint', 'customers_b': 'bigint', 'mean_a': 'double',
        'mean_b': 'double', 'threshold': 'double', 'statistic': 'double', 'p_value': 'double',
        'adjusted_p_value': 'double', 'effect_size': 'double', 'effect_lower': 'double', 'effect_upper': 'double',
        'smallest_effect': 'double', 'is_significant': 'boolean', 'tested_at': 'timestamp',
    }, is_new=true) }}

),

carried as (

    select last_claims.*
    from last_claims
    inner join said
        on
            last_claims.claim_key = said.claim_key
            and last_claims.claim = said.claim
            and last_claims.test = said.test
            and last_claims.population = said.population
            and last_claims.metric = said.metric
            and last_claims.group_by is not distinct from said.group_by
            and last_claims.group_a is not distinct from said.group_a
            and last_claims.threshold is not distinct from said.threshold
            and last_claims.expected = said.expected
            and last_claims.smallest_effect = said.smallest_effect
    where
        last_claims.tested_at is not null
        and said.missing_inputs is null
        /* of several rivals the one that decided is published */
        and (
            last_claims.compared_with is not distinct from said.compared_with
            or (said.compared_with = 'rest' and said.test in ('largest_group', 'largest_part'))
        )

),

published_claims as (

    select * from carried
    union all
    select * from reported
    where claim_key not in (select carried.claim_key from carried)

)
{% else %}
published_claims as (

    select * from reported

)
{% endif %}

select * from published_claims
