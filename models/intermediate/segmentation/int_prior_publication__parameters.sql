-- One row per parameter of a model of the last publication.
with

last_parameters as (

    {{ select_last_published('segment_parameters', {
        'segmentation': 'string', 'feature': 'string', 'parameter': 'string', 'parameter_text': 'string',
        'parameter_value': 'double', 'segment_number': 'integer', 'segment_key': 'string'
    }) }}

)

select * from last_parameters
