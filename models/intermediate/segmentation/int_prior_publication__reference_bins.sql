-- One row per segmentation, feature and bin of the last publication: how the feature was distributed at the fit.
with

last_bins as (

    {{ select_last_published('segment_reference_bins', {
        'segmentation': 'string', 'feature': 'string', 'bin_number': 'integer', 'lower_edge': 'double',
        'upper_edge': 'double', 'reference_share': 'double', 'reference_customers': 'bigint',
        'is_missing_bin': 'boolean'
    }) }}

)

select * from last_bins
