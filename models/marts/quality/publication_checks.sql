-- One row per check and subject that stands between the candidates and the published tables.
{% set last_segments = last_published('segments') %}
{% set last_inputs = last_published('input_quality') %}
with

outcomes as (

    select * from {{ ref('int_segmentation_outcomes') }}
    where status = 'published'

),

scores as (

    select * from {{ ref('int_segment_scores') }}

),

segments as (

    select
        sizes.segmentation,
        names.segment_name,
        sizes.customers,
        sizes.customer_share
    from {{ ref('int_segments') }} as sizes
    inner join {{ ref('int_segment_names') }} as names
        on sizes.segment_key = names.segment_key

),

fitted as (

    select * from {{ ref('int_segmentations_fitted') }}

),

input_rows as (

    select * from {{ ref('int_input_rows') }}

),

populations as (

    select
        segmentation,
        count(*) as customers
    from {{ ref('int_segmentation_features') }}
    group by segmentation

),

scored as (

    select
        segmentation,
        count(*) as customers
    from scores
    group by segmentation

),

/* a customer that scoring lost would be missing from every table after it */
members_complete as (

    select
        'members_complete' as check_name,
        outcomes.segmentation as subject,
        'customers of the population without a segment' as description,
        cast(populations.customers - coalesce(scored.customers, 0) as double) as observed,
        'at most' as comparison,
        0 as threshold
    from outcomes
    inner join populations
        on outcomes.segmentation = populations.segmentation
    left join scored
        on outcomes.segmentation = scored.segmentation

),

/* the SQL that scores everyone must say what the engine said of the sample */
scoring_agrees as (

    select
        'scoring_agrees' as check_name,
        outcomes.segmentation as subject,
        'sampled customers whose segment in SQL is not the one of the fit' as description,
        cast(count(*) filter (where scores.segment_number is distinct from fitted.segment_number) as double)
            as observed,
        'at most' as comparison,
        0 as threshold
    from outcomes
    inner join fitted
        on
            outcomes.segmentation = fitted.segmentation
            and fitted.record = 'label'
    left join scores
        on
            fitted.segmentation = scores.segmentation
            and fitted.customer_id = scores.customer_id
    group by outcomes.segmentation

),

/* the fit judged the shares of a sample; these are the shares of everyone */
thresholds as (

    select
        segmentation,
        smallest_share,
        largest_share
    from {{ ref('int_segmentation_specifications') }}

),

smallest_segments as (

    select
        'smallest_segment' as check_name,
        segments.segmentation as subject,
        'share of customers in the smallest segment' as description,
        min(segments.customer_share) as observed,
        'at least' as comparison,
        greatest(
            min(thresholds.smallest_share), {{ var('minimum_cell_size') }} / cast(sum(segments.customers) as double)
        ) as threshold
    from segments
    inner join thresholds
        on segments.segmentation = thresholds.segmentation
    group by segments.segmentation

),

largest_segments as (

    select
        'largest_segment' as check_name,
        segments.segmentation as subject,
        'share of customers in the largest segment' as description,
        max(segments.customer_share) as observed,
        'at most' as comparison,
        max(thresholds.largest_share) as threshold
    from segments
    inner join thresholds
        on segments.segmentation = thresholds.segmentation
    group by segments.segmentation

),

inputs_accounted as (

    select
        'input_accounted_for' as check_name,
        input_name as subject,
        'rows read that were neither loaded nor rejected' as description,
        cast(abs(sum(read_rows - loaded_rows - rejected_rows)) as double) as observed,
        'at most' as comparison,
        0 as threshold
    from input_rows
    group by input_name

),

{% if last_inputs and last_segments and not var('accept_changes') -%}
/* only like is compared with like: an input that now comes from another folder is a new beginning */
loaded_now as (

    select
        input_name,
        {{ file_folder('max(source_file)') }} as source_folder,
        sum(loaded_rows) as loaded_rows
    from input_rows
    group by input_name

),

loaded_last as (

    select
        input_name,
        {{ file_folder('max(source_file)') }} as source_folder,
        sum(measured) as loaded_rows
    from {{ last_inputs }}
    where measure = 'loaded_rows'
    group by input_name

),

same_sources as (

    select
        loaded_now.input_name,
        loaded_now.loaded_rows,
        loaded_last.loaded_rows as last_loaded_rows
    from loaded_now
    inner join loaded_last
        on
            loaded_now.input_name = loaded_last.input_name
            and loaded_now.source_folder = loaded_last.source_folder

),

rows_dropped as (

    select
        'rows_dropped' as check_name,
        input_name as subject,
        'share of rows lost since the last publication' as description,
        greatest(0, 1 - cast(loaded_rows as double) / nullif(last_loaded_rows, 0)) as observed,
        'at most' as comparison,
        {{ var('maximum_row_drop_share') }} as threshold
    from same_sources

),

comparable_segmentations as (

    {% for segmentation, inputs in var('segmentations').items() %}
    select '{{ segmentation }}' as segmentation
    from same_sources
    where input_name in ({{ sql_list(inputs) }})
    having count(*) = {{ inputs | length }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    {{ empty_relation({'segmentation': dbt.type_string()}) }}
    {%- endfor %}

),

segment_shares_moved as (

    select
        'segment_share_moved' as check_name,
        segments.segmentation as subject,
        'largest change of a segment''s share since the last publication' as description,
        max(abs(segments.customer_share - last_segments.customer_share)) as observed,
        'at most' as comparison,
        {{ var('maximum_segment_share_jump') }} as threshold
    from segments
    inner join comparable_segmentations
        on segments.segmentation = comparable_segmentations.segmentation
    inner join {{ last_segments }} as last_segments
        on
            segments.segmentation = last_segments.segmentation
            and segments.segment_name = last_segments.segment_name
    group by segments.segmentation

),

{% endif -%}
checks as (

    select * from members_complete
    union all
    select * from scoring_agrees
    union all
    select * from smallest_segments
    union all
    select * from largest_segments
    union all
    select * from inputs_accounted
    {%- if last_inputs and last_segments and not var('accept_changes') %}
    union all
    select * from rows_dropped
    union all
    select * from segment_shares_moved
    {%- endif %}

),

judged as (

    select
        check_name,
        subject,
        description,
        observed,
        comparison,
        threshold,
        coalesce(case comparison when 'at most' then observed <= threshold else observed >= threshold end, false)
            as passed
    from checks

)

select * from judged
