-- One row per segmentation, algorithm and number of segments that was tried at the fit, with every measure of it.
{% set measures = [
    'silhouette', 'silhouette_macro', 'calinski_harabasz', 'davies_bouldin', 'inertia', 'smallest_share',
    'largest_share', 'noise_share', 'min_jaccard', 'prediction_strength', 'seed_agreement', 'agreement_with_choice',
    'separation_z', 'null_silhouette_mean', 'null_silhouette_standard_deviation',
] %}
with

fitted as (

    select * from {{ ref('int_segmentations_fitted') }}

),

decisions as (

    select * from {{ ref('int_segmentation_decisions') }}

),

last_candidates as (

    {{ select_last_published('segment_candidates', last_candidate_columns(measures)) }}

),

fitted_candidates as (

    select
        segmentation,
        algorithm,
        cast(segments as integer) as segments,
        max(case when measure = 'verdict' then text end) as verdict,
        max(case when measure = 'reason' then text end) as reason,
        {%- for measure in measures %}
        max(case when measure = '{{ measure }}' then value end) as {{ measure }},
        {%- endfor %}
        coalesce(max(case when measure = 'is_eligible' then value end), 0) = 1 as is_eligible,
        coalesce(max(case when measure = 'is_chosen' then value end), 0) = 1 as is_chosen
    from fitted
    where record = 'candidate'
    group by
        segmentation,
        algorithm,
        segments

),

kept_candidates as (

    select
        last_candidates.segmentation,
        last_candidates.algorithm,
        last_candidates.k as segments,
        last_candidates.verdict,
        last_candidates.reason,
        {%- for measure in measures %}
        last_candidates.{{ published_measure(measure) }}{{ ' as ' ~ measure if published_measure(measure) != measure }},
        {%- endfor %}
        last_candidates.is_eligible,
        last_candidates.is_chosen
    from last_candidates
    inner join decisions
        on last_candidates.segmentation = decisions.segmentation
    where not decisions.is_fitted

),

candidates as (

    select * from fitted_candidates
    union all
    select * from kept_candidates

)

select * from candidates
