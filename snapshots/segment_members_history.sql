{% snapshot segment_members_history %}

{{ config(
    strategy='check',
    unique_key=['segmentation', 'customer_id'],
    check_cols=['segment_key'],
) }}

-- One row per segmentation, customer and span of builds in which the customer was in the same segment.
-- After the tests of every public table: depends_on: {{ ref('published_tables') }}
with

members as (

    select * from {{ ref('segment_members') }}

),

/* what cannot be published did not happen */
published_members as (

    select
        segmentation,
        customer_id,
        segment_key,
        segment_name,
        '{{ invocation_id }}' as build_id
    from members
    where {{ is_complete_build() }}

)

select * from published_members

{% endsnapshot %}
