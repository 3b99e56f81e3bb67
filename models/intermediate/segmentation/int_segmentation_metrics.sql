-- One row per active segmentation and metric: what the values in int_segmentation_features are, in their order.
with

metrics as (

    {{ segmentation_metrics_sql(active_segmentations()) if execute }}

)

select * from metrics
