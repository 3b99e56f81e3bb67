-- One row per segmentation, algorithm and number of segments tried: the scoreboard behind the choice.
with

candidates as (

    select * from {{ ref('int_segment_candidates') }}

),

published_columns as (

    select
        segmentation,
        algorithm,
        segments as k,
        verdict,
        reason,
        silhouette,
        silhouette_macro,
        calinski_harabasz,
        davies_bouldin,
        inertia,
        smallest_share,
        largest_share,
        noise_share,
        min_jaccard as min_jaccard,
        prediction_strength,
        seed_agreement,
        agreement_with_choice,
        separation_z,
        null_silhouette_mean,
        null_silhouette_standard_deviation,
        is_eligible,
        is_chosen
    from candidates

)

select * from published_columns
