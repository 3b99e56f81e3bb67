-- One row per segment, rule of the playbook and condition: the figure that is compared, whether it and its rule hold.
with

segments as (

    select * from {{ ref('int_segments') }}

),

rule_metrics as (

    select * from {{ ref('int_segment_rule_metrics') }}

),

playbook as (

    select * from {{ ref('segment_playbook') }}

),

conditions as (

    select * from {{ ref('segment_playbook_conditions') }}

),

metric_labels as (

    select * from {{ ref('segment_metrics') }}

),

rule_conditions as (

    select
        segments.segmentation,
        segments.segment_key,
        conditions.recommendation_key,
        playbook.stage,
        playbook.holds_back,
        conditions.metric,
        conditions.statistic,
        conditions.operator,
        conditions.condition_number,
        conditions.threshold
    from playbook
    inner join conditions
        on playbook.recommendation_key = conditions.recommendation_key
    inner join segments
        on playbook.segmentation in (segments.segmentation, 'any')

),

with_metrics as (

    select
        rule_conditions.*,
        coalesce(rule_metrics.described_metric, rule_conditions.metric) as described_metric,
        rule_metrics.metric_value
    from rule_conditions
    left join rule_metrics
        on
            rule_conditions.segment_key = rule_metrics.segment_key
            and rule_conditions.metric = rule_metrics.metric
            and rule_conditions.statistic = rule_metrics.statistic

),

/* mean and index show a deviation, the standardised difference compares it with those of other metrics */
with_profiles as (

    select
        with_metrics.*,
        coalesce(metric_labels.label, replace(with_metrics.described_metric, '_', ' ')) as metric_label,
        metric_labels.unit,
        {{ statistic_unit('with_metrics.statistic', 'metric_labels.unit') }} as statistic_unit,
        means.metric_value as metric_mean,
        indices.metric_value as index_100,
        abs(differences.metric_value) as evidence_strength
    from with_metrics
    left join metric_labels
        on with_metrics.described_metric = metric_labels.metric
    left join rule_metrics as means
        on
            with_metrics.segment_key = means.segment_key
            and with_metrics.described_metric = means.metric
            and means.statistic = 'mean'
    left join rule_metrics as indices
        on
            with_metrics.segment_key = indices.segment_key
            and with_metrics.described_metric = indices.metric
            and indices.statistic = 'index_100'
    left join rule_metrics as differences
        on
            with_metrics.segment_key = differences.segment_key
            and with_metrics.described_metric = differences.metric
            and differences.statistic = 'standardised_difference'

),

checked as (

    select
        segmentation,
        segment_key,
        recommendation_key,
        stage,
        holds_back,
        described_metric as metric,
        metric_label,
        statistic,
        operator,
        concat(
            metric_label,
            ': ',
            case
                when statistic <> 'mean' and metric_mean is not null
                    then concat('mean ', {{ figure_in_words('metric_mean', 'unit') }}, ', ')
                else ''
            end,
            case
                when statistic <> 'index_100' and index_100 is not null
                    then concat('index ', {{ readable_number('round(index_100)') }}, ', ')
                else ''
            end,
            {{ in_words('statistic', rule_statistics()) }},
            ' ',
            coalesce({{ figure_in_words('metric_value', 'statistic_unit') }}, 'unknown'),
            ' (',
            {{ in_words('operator', rule_operators()) }},
            ' ',
            {{ figure_in_words('threshold', 'statistic_unit') }},
            ')'
        ) as evidence,
        condition_number,
        metric_value,
        threshold,
        coalesce(evidence_strength, 0) as evidence_strength,
        {{ meets_condition('metric_value', 'operator', 'threshold') }}
            as is_met
    from with_profiles

),

/* a rule applies where all of its conditions hold */
applied as (

    select
        *,
        bool_and(is_met) over (partition by segment_key, recommendation_key) as is_applicable
    from checked

),

/* protection and repair come before growth: what an action that applies holds back is not given */
held_back as (

    select
        *,
        bool_or(is_applicable and coalesce(holds_back = 'growth', false) and stage = 'protect')
            over (partition by segment_key) as is_protected,
        bool_or(is_applicable and coalesce(holds_back = 'growth', false) and stage = 'repair')
            over (partition by segment_key) as is_repaired,
        bool_or(is_applicable and coalesce(holds_back = 'balance', false))
            over (partition by segment_key) as is_balance_held_back
    from applied

)

select * from held_back
