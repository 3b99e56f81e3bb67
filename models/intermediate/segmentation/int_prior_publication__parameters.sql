-- One row per parameter of a last published model that may live on.
with

models as (

    select * from {{ ref('int_prior_publication__models') }}
    where is_same_specification

),

last_parameters as (

    {{ select_last_published('segment_parameters', {
        'segmentation': 'string', 'model_version': 'string', 'feature': 'string', 'parameter': 'string',
        'parameter_text': 'string', 'parameter_value': 'double', 'segment_number': 'integer', 'segment_key': 'string'
    }) }}

),

parameters as (

    select last_parameters.*
    from last_parameters
    inner join models
        on last_parameters.segmentation = models.segmentation

)

select * from parameters
