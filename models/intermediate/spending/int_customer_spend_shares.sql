-- One row per customer with spend, kind of part and part: the share of the customer's spend that goes there.
{{ config(enabled=has_inputs('spends')) }}
with

spends as (

    select * from {{ ref('stg_spends__spends') }}

),

customer_totals as (

    select
        customer_id,
        {{ exact_sum('spend_amount') }} as total_amount
    from spends
    group by customer_id
    having sum(spend_amount) > 0

),

{% for part_type in ['category', 'payment_type'] %}
{{ part_type }}_parts as (

    select distinct {{ part_type }} as part from spends

),

{{ part_type }}_sums as (

    select
        customer_id,
        {{ part_type }} as part,
        {{ exact_sum('spend_amount') }} as part_amount
    from spends
    group by
        customer_id,
        {{ part_type }}

),

/* a customer who spends nothing on a part has a share of 0 there, not a missing one */
{{ part_type }}_shares as (

    select
        customer_totals.customer_id,
        '{{ part_type }}' as part_type,
        {{ part_type }}_parts.part,
        coalesce({{ part_type }}_sums.part_amount, 0) / customer_totals.total_amount as spend_share
    from customer_totals
    cross join {{ part_type }}_parts
    left join {{ part_type }}_sums
        on
            customer_totals.customer_id = {{ part_type }}_sums.customer_id
            and {{ part_type }}_parts.part = {{ part_type }}_sums.part

),

{% endfor %}
shares as (

    select * from category_shares
    union all
    select * from payment_type_shares

)

select * from shares
