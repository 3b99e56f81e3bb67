with

shares as (

    select
        segmentation,
        feature,
        sum(reference_share) as reference_share
    from {{ ref('segment_reference_bins') }}
    group by
        segmentation,
        feature

)

select * from shares
where not coalesce(abs(reference_share - 1) <= 1e-9, false)
