-- One row per sampled customer and half of the months, the earlier or the later: the spending features of that half.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customer_months as (

    select * from {{ ref('int_customer_months_summed') }}

),

sampled as (

    select distinct customer_id
    from {{ ref('int_segmentation_samples') }}
    where segmentation = 'spending'

),

ranked_months as (

    select
        spend_month,
        row_number() over (order by spend_month) as month_rank,
        count(*) over () as months
    from customer_months
    group by spend_month

),

/* segments are fitted on the earlier two thirds of the months and proved by the later third */
halves as (

    select
        month_rank * 3 <= months * 2 as is_early,
        spend_month
    from ranked_months
    /* with fewer months there is nothing to fit on or nothing to prove with */
    where months >= 3

),

features as (

    select
        customer_months.customer_id,
        {{ spending_features() | trim }},
        halves.is_early
    from customer_months
    inner join halves
        on customer_months.spend_month = halves.spend_month
    inner join sampled
        on customer_months.customer_id = sampled.customer_id
    group by
        customer_months.customer_id,
        halves.is_early

)

select * from features
