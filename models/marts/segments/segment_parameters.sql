-- One row per parameter of a published segmentation: what scoring reads.
with

parameters as (

    select * from {{ ref('int_segment_parameters') }}

),

published_columns as (

    select
        segmentation,
        model_version,
        parameter,
        feature,
        segment_key,
        parameter_text,
        segment_number,
        parameter_value
    from parameters

)

select * from published_columns
