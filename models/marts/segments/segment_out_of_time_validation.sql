-- One row per outcome and scheme: how much of later behaviour the segments explain, against a rule and against chance.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

validations as (

    {% if not is_frozen() %}
    select
        *,
        {{ build_time() }} as validated_at
    from {{ ref('int_segment_validations') }}
    {#- A frozen build measures nothing: what was published last stands, with its date. #}
    {% else %}
    {{ select_last_published('segment_out_of_time_validation', {
        'outcome': 'string', 'scheme': 'string', 'customers': 'bigint', 'groups': 'double',
        'eta_squared': 'double', 'omega_squared': 'double', 'validated_at': 'timestamp',
    }, is_new=true) }}
    {% endif %}

),

published_columns as (

    select
        'spending' as segmentation,
        outcome,
        scheme,
        customers,
        groups,
        eta_squared,
        omega_squared,
        validated_at
    from validations

)

select * from published_columns
