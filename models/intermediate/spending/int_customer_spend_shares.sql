-- One row per customer with spend, kind of part and part: the share of the customer's spend that goes there.
{{ config(enabled=has_inputs('spends')) }}
with

sampled as (

    select customer_id
    from {{ claim_sample(ref('int_customer_kinds')) }} as customers

),

/* added up over months first, which leaves a fraction of the rows */
spends as (

    select
        all_spends.customer_id,
        all_spends.category,
        all_spends.payment_type,
        {{ exact_sum('all_spends.spend_amount') }} as spend_amount
    from {{ ref('int_spends') }} as all_spends
    inner join sampled
        on all_spends.customer_id = sampled.customer_id
    group by
        all_spends.customer_id,
        all_spends.category,
        all_spends.payment_type

),

customer_totals as (

    select
        customer_id,
        {{ exact_sum('spend_amount') }} as total_amount
    from spends
    group by customer_id
    having sum(spend_amount) > 0

),

unfolded_parts as (

    select
        customer_id,
        part_type,
        part,
        spend_amount
    from spends
    unpivot (part for part_type in (category, payment_type))

),

part_sizes as (

    select
        part_type,
        part,
        count(distinct case when spend_amount <> 0 then customer_id end) as customers
    from unfolded_parts
    group by
        part_type,
        part

),

/* who uses several parts is one customer, so it takes a part with enough to fold the small ones into */
ranked_parts as (

    select
        part_type,
        part,
        customers,
        customers between 1 and {{ var('minimum_cell_size') }} - 1 as is_small,
        count(case when customers between 1 and {{ var('minimum_cell_size') }} - 1 then 1 end)
            over (partition by part_type)
        > 0 as has_small,
        row_number() over (
            partition by part_type, customers < {{ var('minimum_cell_size') }}
            order by customers asc, part asc
        ) as size_rank
    from part_sizes

),

parts_of_spends as (

    select
        unfolded_parts.customer_id,
        unfolded_parts.part_type,
        case
            when
                ranked_parts.is_small
                or (ranked_parts.has_small and ranked_parts.size_rank = 1 and ranked_parts.customers > 0)
                then {{ all_other() }}
            else unfolded_parts.part
        end as part,
        unfolded_parts.spend_amount
    from unfolded_parts
    inner join ranked_parts
        on
            unfolded_parts.part_type = ranked_parts.part_type
            and unfolded_parts.part = ranked_parts.part

),

parts as (

    select distinct
        part_type,
        part
    from parts_of_spends

),

part_totals as (

    select
        customer_id,
        part_type,
        part,
        {{ exact_sum('spend_amount') }} as part_amount
    from parts_of_spends
    group by
        customer_id,
        part_type,
        part

),

/* a customer who spends nothing on a part has a share of 0 there, not a missing one */
shares as (

    select
        customer_totals.customer_id,
        parts.part_type,
        parts.part,
        coalesce(part_totals.part_amount, 0) / customer_totals.total_amount as spend_share
    from customer_totals
    cross join parts
    left join part_totals
        on
            customer_totals.customer_id = part_totals.customer_id
            and parts.part_type = part_totals.part_type
            and parts.part = part_totals.part

)

select * from shares
