-- One row per segmentation, algorithm and number of segments tried: the scoreboard behind the choice.
{#- Before version 0.2 the number of segments was published as k, and the verdict unstable as constructive. -#}
{% set number = 'n_segments' if last_published('segment_candidates', ['n_segments']) else 'k' %}
with

fitted_candidates as (

    select * from {{ fits() }}
    where record = 'candidate'

),

decisions as (

    select * from {{ ref('int_segmentation_decisions') }}

),

last_candidates as (

    {{ select_last_published('segment_candidates', {
        'segmentation': 'string', 'algorithm': 'string', number: 'integer', 'verdict': 'string',
        'reason': 'string', 'silhouette': 'double', 'silhouette_macro': 'double', 'calinski_harabasz': 'double',
        'davies_bouldin': 'double', 'inertia': 'double', 'smallest_share': 'double', 'largest_share': 'double',
        'noise_share': 'double', 'min_jaccard': 'double', 'prediction_strength': 'double',
        'seed_agreement': 'double', 'agreement_with_choice': 'double', 'separation_z': 'double',
        'null_silhouette_mean': 'double', 'null_silhouette_standard_deviation': 'double',
        'is_eligible': 'boolean', 'is_chosen': 'boolean'
    }) }}

),

samples as (

    select * from {{ ref('int_segmentation_samples') }}

),

features as (

    select
        segmentation,
        metric
    from {{ ref('int_segmentation_metrics') }}
    where is_feature

),

/* a feature of a handful of values, such as a share that is 0 or 1, makes stable segments of its values */
coarse_features as (

    select
        samples.segmentation,
        samples.feature,
        concat(
            samples.feature,
            ' (',
            case
                when count(samples.feature_value) = 0 then 'no value, left out'
                else cast(count(distinct samples.feature_value) as {{ dbt.type_string() }})
            end,
            ')'
        ) as feature_label
    from samples
    inner join features
        on
            samples.segmentation = features.segmentation
            and samples.feature = features.metric
    group by
        samples.segmentation,
        samples.feature
    having count(distinct samples.feature_value) <= 5

),

coarse_segmentations as (

    select
        segmentation,
        concat(
            '; features with few distinct values: ', {{ dbt.listagg('feature_label', "', '", 'order by feature') }}
        ) as remark
    from coarse_features
    group by segmentation

),

/* the candidates of a model that is kept are those it was chosen from */
kept_candidates as (

    select last_candidates.*
    from last_candidates
    inner join decisions
        on last_candidates.segmentation = decisions.segmentation
    where not decisions.is_fitted

),

candidates as (

    select
        fitted_candidates.segmentation,
        fitted_candidates.algorithm,
        fitted_candidates.n_segments,
        fitted_candidates.verdict,
        concat(
            coalesce(fitted_candidates.reason, ''),
            coalesce(case when fitted_candidates.verdict is not null then coarse_segmentations.remark end, '')
        ) as reason,
        fitted_candidates.silhouette,
        fitted_candidates.silhouette_macro,
        fitted_candidates.calinski_harabasz,
        fitted_candidates.davies_bouldin,
        fitted_candidates.inertia,
        fitted_candidates.smallest_share,
        fitted_candidates.largest_share,
        fitted_candidates.noise_share,
        fitted_candidates.min_jaccard,
        fitted_candidates.prediction_strength,
        fitted_candidates.seed_agreement,
        fitted_candidates.agreement_with_choice,
        fitted_candidates.separation_z,
        fitted_candidates.null_silhouette_mean,
        fitted_candidates.null_silhouette_standard_deviation,
        fitted_candidates.is_eligible,
        fitted_candidates.is_chosen
    from fitted_candidates
    left join coarse_segmentations
        on fitted_candidates.segmentation = coarse_segmentations.segmentation
    union all
    select
        kept_candidates.segmentation,
        kept_candidates.algorithm,
        cast(kept_candidates.{{ number }} as integer) as n_segments,
        replace(kept_candidates.verdict, 'constructive', 'unstable') as verdict,
        kept_candidates.reason,
        kept_candidates.silhouette,
        kept_candidates.silhouette_macro,
        kept_candidates.calinski_harabasz,
        kept_candidates.davies_bouldin,
        kept_candidates.inertia,
        kept_candidates.smallest_share,
        kept_candidates.largest_share,
        kept_candidates.noise_share,
        kept_candidates.min_jaccard,
        kept_candidates.prediction_strength,
        kept_candidates.seed_agreement,
        kept_candidates.agreement_with_choice,
        kept_candidates.separation_z,
        kept_candidates.null_silhouette_mean,
        kept_candidates.null_silhouette_standard_deviation,
        kept_candidates.is_eligible,
        kept_candidates.is_chosen
    from kept_candidates

)

select * from candidates
