-- One row per segment, category and payment type: spend over all months, who is behind it, and how it is reported.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

{{ segments_of_spenders() }},

kinds as (

    select
        *,
        case when {{ is_credit_card('payment_type') }} then 'credit card' else 'other' end as item_class,
        concat_ws(' / ', category, payment_type) as item
    from {{ ref('int_spend_kinds') }}

),

/* whoever is in the same segments is added up together: all spends are read once, not for each segmentation */
combined as (

    select
        customer_id,
        {{ dbt.listagg('segment_key', "' '", 'order by segment_key') }} as segment_keys
    from scores
    group by customer_id

),

/* decimals and not yet doubles, so that they add up exactly once more */
by_combination as (

    select
        combined.segment_keys,
        spends.category,
        spends.payment_type,
        sum(cast(spends.spend_amount as decimal(38, 10))) as spend_amount
    from {{ ref('int_spends') }} as spends
    inner join combined
        on spends.customer_id = combined.customer_id
    group by
        combined.segment_keys,
        spends.category,
        spends.payment_type

),

segments_of_combinations as (

    select distinct
        combined.segment_keys,
        scores.segment_key
    from scores
    inner join combined
        on scores.customer_id = combined.customer_id

),

by_segment as (

    select
        segments_of_combinations.segment_key,
        by_combination.category,
        by_combination.payment_type,
        {{ exact_sum('by_combination.spend_amount') }} as spend_amount
    from by_combination
    inner join segments_of_combinations
        on by_combination.segment_keys = segments_of_combinations.segment_keys
    group by
        segments_of_combinations.segment_key,
        by_combination.category,
        by_combination.payment_type

),

members as (

    select
        segments.segmentation,
        segments.segment_key,
        segments.reported_segment_key,
        scores.customer_id,
        customer_kinds.kind_bits
    from {{ ref('int_customer_kinds') }} as customer_kinds
    inner join scores
        on customer_kinds.customer_id = scores.customer_id
    inner join segments
        on scores.segment_key = segments.segment_key

),

/* by the number of a kind: a row for each customer and kind is grouped by it much faster than by texts */
spenders as (

    select
        members.segment_key,
        kinds.kind_number,
        count(*) as customers
    from members
    inner join kinds
        on {{ is_in_set('kinds.kind_number', 'members.kind_bits') }}
    group by
        members.segment_key,
        kinds.kind_number

),

kind_counts as (

    select
        segments.segmentation as attribute,
        kinds.item_class,
        kinds.item,
        segments.reported_segment_key as line_name,
        kinds.kind_number,
        sum(spenders.customers) as customers
    from spenders
    inner join kinds
        on spenders.kind_number = kinds.kind_number
    inner join segments
        on spenders.segment_key = segments.segment_key
    group by
        segments.segmentation,
        kinds.item_class,
        kinds.item,
        segments.reported_segment_key,
        kinds.kind_number

),

/* who is one of few behind an amount: only they can be alone with what they spend */
few_spenders as (

    select
        kind_counts.attribute,
        kind_counts.item_class,
        kind_counts.item,
        kind_counts.line_name,
        members.customer_id
    from kind_counts
    inner join members
        on
            kind_counts.attribute = members.segmentation
            and kind_counts.line_name = members.reported_segment_key
            and {{ is_in_set('kind_counts.kind_number', 'members.kind_bits') }}
    where kind_counts.customers < {{ var('minimum_cell_size') }}

),

/* what is not shown of everyone is not shown of a segment */
of_everyone as (

    select
        kinds.item_class,
        kinds.item,
        spends.is_folded,
        spends.is_all_folded
    from {{ ref('int_spends_by_attribute') }} as spends
    inner join kinds
        on
            spends.category = kinds.category
            and spends.payment_type = kinds.payment_type
    where
        spends.attribute = 'all'
        and spends.spend_month is null

),

{{ folded_items('folded_kinds', 'kind_counts', 'few_spenders', 'of_everyone') }},

reported_kinds as (

    select
        segmentations.segmentation,
        kinds.category,
        kinds.payment_type,
        kinds.kind_bit,
        coalesce(folded_kinds.is_folded, false) as is_folded,
        coalesce(folded_kinds.is_all_folded, false) as is_all_folded,
        case when folded_kinds.is_folded then {{ all_other() }} else kinds.category end as reported_category,
        case
            when folded_kinds.is_folded is null or not folded_kinds.is_folded then kinds.payment_type
            when folded_kinds.is_all_folded or kinds.item_class = 'other' then {{ all_other() }}
            /* spend by credit card is a figure by itself, so it can still be told from other spend */
            else min(case when kinds.item_class = 'credit card' then kinds.payment_type end)
                over (partition by segmentations.segmentation)
        end as reported_payment_type
    from (select distinct segmentation from segments) as segmentations
    cross join kinds
    left join folded_kinds
        on
            segmentations.segmentation = folded_kinds.attribute
            and kinds.item = folded_kinds.item

),

reported_cells as (

    select
        segmentation,
        reported_category,
        reported_payment_type,
        {{ union_of_sets('kind_bit') }} as kind_bits
    from reported_kinds
    group by
        segmentation,
        reported_category,
        reported_payment_type

),

/* who has several kinds of one cell is one customer */
cell_spenders as (

    select
        members.reported_segment_key,
        cells.segmentation,
        cells.reported_category,
        cells.reported_payment_type,
        count(*) as customers
    from members
    inner join reported_cells as cells
        on
            members.segmentation = cells.segmentation
            and {{ sets_overlap('members.kind_bits', 'cells.kind_bits') }}
    group by
        members.reported_segment_key,
        cells.segmentation,
        cells.reported_category,
        cells.reported_payment_type

),

spends_by_segment as (

    select
        segments.segmentation,
        segments.segment_key,
        segments.reported_segment_key,
        by_segment.category,
        by_segment.payment_type,
        kinds.reported_category,
        kinds.reported_payment_type,
        coalesce(cell_spenders.customers, 0) as reported_customers,
        by_segment.spend_amount,
        kinds.is_folded,
        kinds.is_all_folded
    from by_segment
    inner join segments
        on by_segment.segment_key = segments.segment_key
    inner join reported_kinds as kinds
        on
            segments.segmentation = kinds.segmentation
            and by_segment.category = kinds.category
            and by_segment.payment_type = kinds.payment_type
    left join cell_spenders
        on
            segments.segmentation = cell_spenders.segmentation
            and segments.reported_segment_key = cell_spenders.reported_segment_key
            and kinds.reported_category = cell_spenders.reported_category
            and kinds.reported_payment_type = cell_spenders.reported_payment_type

)

select * from spends_by_segment
