{#-
    What the fits of this build returned, to select from: the Python model, or no rows in a frozen build, in which the
    Python model is switched off and could not be referred to.
-#}
{% macro fits() -%}
    {%- if is_frozen() -%}
    (
        {{ empty_relation({
            'segmentation': dbt.type_string(), 'record': dbt.type_string(), 'algorithm': dbt.type_string(),
            'n_segments': 'integer', 'segment_number': 'integer', 'segment_key': dbt.type_string(),
            'key_status': dbt.type_string(), 'match_jaccard': 'double', 'jaccard': 'double',
            'rule': dbt.type_string(), 'rule_fidelity': 'double', 'customer_id': dbt.type_string(),
            'method': dbt.type_string(), 'x': 'double', 'y': 'double', 'feature': dbt.type_string(),
            'parameter': dbt.type_string(), 'parameter_value': 'double', 'parameter_text': dbt.type_string(),
            'status': dbt.type_string(), 'verdict': dbt.type_string(), 'reason': dbt.type_string(),
            'sample_fingerprint': dbt.type_string(), 'customers': 'bigint', 'silhouette': 'double',
            'silhouette_macro': 'double', 'calinski_harabasz': 'double', 'davies_bouldin': 'double',
            'inertia': 'double', 'smallest_share': 'double', 'largest_share': 'double', 'noise_share': 'double',
            'min_jaccard': 'double', 'prediction_strength': 'double', 'seed_agreement': 'double',
            'agreement_with_choice': 'double', 'separation_z': 'double', 'null_silhouette_mean': 'double',
            'null_silhouette_standard_deviation': 'double', 'is_eligible': 'boolean', 'is_chosen': 'boolean',
        }) | indent(8) }}
    ) as fits
    {%- else -%}
    {{ ref('int_segmentations_fitted') }}
    {%- endif -%}
{%- endmacro %}
