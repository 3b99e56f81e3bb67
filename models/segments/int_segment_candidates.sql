-- One row per segmentation, algorithm and number of segments that was tried, with every measure taken of it.
{% set measures = [
    'silhouette', 'silhouette_macro', 'calinski_harabasz', 'davies_bouldin', 'inertia', 'smallest_share',
    'largest_share', 'minimum_jaccard', 'prediction_strength', 'seed_agreement', 'separation_z',
    'null_silhouette_mean', 'null_silhouette_standard_deviation',
] %}
with

fitted as (

    select * from {{ ref('int_segmentations_fitted') }}

),

candidates as (

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

)

select * from candidates
