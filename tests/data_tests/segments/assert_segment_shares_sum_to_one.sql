with

shares as (

    select
        segmentation,
        sum(customer_share) as customer_share,
        /* null throughout where the value column sums to zero */
        sum(value_share) as value_share
    from {{ ref('segments') }}
    group by segmentation

)

select * from shares
where
    not coalesce(abs(customer_share - 1) <= 1e-9, false)
    or abs(value_share - 1) > 1e-9
