-- How many customers change segment from month to month, and where do they go?
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

migrations as (

    select * from {{ ref('monthly_segment_transitions') }}

),

segments as (

    select * from {{ ref('segments') }}

),

named as (

    select
        migrations.segmentation,
        coalesce(segments_before.segment_name, 'All other') as from_segment_name,
        coalesce(segments_after.segment_name, 'All other') as to_segment_name,
        migrations.customers,
        migrations.rate,
        migrations.from_segment_key <> migrations.to_segment_key as is_change,
        migrations.from_month,
        migrations.to_month
    from migrations
    left join segments as segments_before
        on migrations.from_segment_key = segments_before.segment_key
    left join segments as segments_after
        on migrations.to_segment_key = segments_after.segment_key

)

select * from named
order by
    is_change desc,
    customers desc,
    from_month asc,
    from_segment_name asc,
    to_segment_name asc
