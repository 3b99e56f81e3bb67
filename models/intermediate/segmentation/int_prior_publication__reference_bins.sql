-- One row per bin of the last publication to tell drift by: of a feature at the fit, or a segment of its mix.
with

last_bins as (

    {{ select_last_published('segment_reference_bins', {
        'segmentation': 'string', 'feature': 'string', 'bin_number': 'integer', 'lower_edge': 'double',
        'upper_edge': 'double', 'reference_share': 'double', 'reference_customers': 'bigint',
        'is_missing_bin': 'boolean'
    }) }}

),

last_segments as (

    {{ select_last_published('segments', {
        'segmentation': 'string', 'segment_key': 'string', 'customers': 'bigint', 'customer_share': 'double'
    }) }}

),

reference_bins as (

    select
        segmentation,
        feature,
        cast(null as {{ dbt.type_string() }}) as segment_key,
        bin_number,
        lower_edge,
        upper_edge,
        reference_share,
        reference_customers,
        is_missing_bin
    from last_bins
    union all
    /* publications before version 0.2 have a bin of missing values only where a value was missing */
    select
        segmentation,
        feature,
        cast(null as {{ dbt.type_string() }}) as segment_key,
        0 as bin_number,
        cast(null as double) as lower_edge,
        cast(null as double) as upper_edge,
        cast(0 as double) as reference_share,
        max(reference_customers) as reference_customers,
        true as is_missing_bin
    from last_bins
    group by
        segmentation,
        feature
    having not bool_or(is_missing_bin)
    union all
    select
        segmentation,
        cast(null as {{ dbt.type_string() }}) as feature,
        segment_key,
        cast(row_number() over (partition by segmentation order by segment_key) as integer) as bin_number,
        cast(null as double) as lower_edge,
        cast(null as double) as upper_edge,
        customer_share as reference_share,
        cast(sum(customers) over (partition by segmentation) as bigint) as reference_customers,
        false as is_missing_bin
    from last_segments

)

select * from reference_bins
