-- One row per customer with spend, kind of part and part: the share of the customer's spend that goes there.
{{ config(enabled=has_inputs('spends')) }}
with

spends as (

    select
        customer_id,
        category,
        payment_type,
        {{ exact_sum('spend_amount') }} as spend_amount
    from {{ ref('stg_spends__spends') }}
    group by
        customer_id,
        category,
        payment_type

),

customer_totals as (

    select
        customer_id,
        {{ exact_sum('spend_amount') }} as total_amount
    from spends
    group by customer_id
    having sum(spend_amount) > 0

),

parts_of_spends as (

    select
        customer_id,
        part_type,
        part,
        spend_amount
    from spends
    unpivot (part for part_type in (category, payment_type))

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
