{% snapshot segment_members_history %}

{{ config(
    schema='history',
    strategy='check',
    unique_key=['segmentation', 'customer_id'],
    check_cols=['segment_key'],
) }}

-- One row per segmentation, customer and span of builds in which the customer was in the same segment.
with

members as (

    select * from {{ ref('segment_members') }}

),

publication as (

    select * from {{ ref('publication') }}

),

/* after the publication step: what was not published did not happen */
published_members as (

    select
        members.segmentation,
        members.customer_id,
        members.segment_key,
        members.segment_name,
        publication.build_id
    from members
    cross join publication
    where publication.status = 'published'

)

select * from published_members

{% endsnapshot %}
