{#-
    The published tables: name -> the inputs it needs, in the order they are listed to readers. A
    table with no inputs of its own is always there.
-#}
{% macro published_tables() %}
    {{ return({
        'segmentations': [],
        'segment_candidates': [],
        'segments': [],
        'segment_members': [],
        'segment_member_attributes': [],
        'segment_profiles': [],
        'segment_recommendations': [],
        'segment_parameters': [],
        'segment_map': [],
        'segment_attribute_proxies': [],
        'segment_group_rates': [],
        'segment_out_of_time_validation': ['customers', 'spends'],
        'monthly_segment_transitions': ['customers', 'spends'],
        'segment_registry': [],
        'segment_changes': [],
        'segment_drift': [],
        'segment_reference_bins': [],
        'customer_demographics': ['customers', 'spends'],
        'customer_income_utilisation': ['customers', 'spends'],
        'income_utilisation_by_demographic': ['customers', 'spends'],
        'monthly_income_utilisation': ['customers', 'spends'],
        'spend_by_demographic': ['customers', 'spends'],
        'monthly_spend': ['customers', 'spends'],
        'key_customer_segments': ['customers', 'spends'],
        'card_feature_recommendations': ['customers', 'spends'],
        'service_demand': ['card_relationships'],
        'staffing_plan': ['card_relationships'],
        'segment_product_tiers': ['card_relationships'],
        'digital_migration_targets': ['card_relationships'],
        'cardholder_behaviour': ['card_usage'],
        'behaviour_by_segment': ['card_usage'],
        'cardholder_value': ['card_usage'],
        'segment_value': ['card_usage'],
        'repayment_behaviour': ['credit_profiles'],
        'credit_score_by_age': ['credit_profiles'],
        'credit_score_by_occupation': ['credit_profiles'],
        'tested_claims': [],
        'input_quality': [],
        'publication_checks': []
    }) }}
{% endmacro %}


{#- name -> relation of the published tables that the enabled inputs can feed. -#}
{% macro published_relations() %}
    {% set relations = {} %}
    {% for name, inputs in published_tables().items() if not missing_inputs(inputs) %}
        {% do relations.update({name: ref(name)}) %}
    {% endfor %}
    {{ return(relations) }}
{% endmacro %}


{#-
    Models that no published table reads with some inputs enabled: name -> the inputs it needs. The
    publication still waits for them, so that a test on them that fails stops it.
-#}
{% macro guarded_models() %}
    {{ return({
        'stg_customers__customers': ['customers'],
        'int_customers_by_attribute': ['customers'],
        'stg_spends__spends': ['spends'],
        'int_customer_months_summed': ['customers', 'spends'],
        'int_contacts_by_relationship': ['card_relationships'],
        'metricflow_time_spine': [],
        'stg_credit_profiles__credit_profiles': ['credit_profiles'],
        'int_spending__features': ['customers', 'spends'],
        'int_spending__attributes': ['customers', 'spends'],
        'int_relationship__features': ['card_relationships'],
        'int_card_usage__features': ['card_usage'],
        'behaviour_classes': [],
        'behaviour_thresholds': [],
        'value_rates': [],
        'segment_treatments': [],
        'int_repayment__features': ['credit_profiles'],
        'int_repayment__attributes': ['credit_profiles']
    }) }}
{% endmacro %}


{#- The refs of the guarded models that the enabled inputs can feed. -#}
{% macro guarded_relations() %}
    {% set relations = [] %}
    {% for name, inputs in guarded_models().items() if not missing_inputs(inputs) %}
        {% do relations.append(ref(name)) %}
    {% endfor %}
    {{ return(relations) }}
{% endmacro %}


{#- Those of some inputs that are not enabled. -#}
{% macro missing_inputs(inputs) %}
    {{ return(inputs | reject('in', var('enabled_inputs')) | list) }}
{% endmacro %}


{#- What a published table holds, as its YAML says, in one line; for a disabled one the graph keeps no description. -#}
{% macro published_description(name) %}
    {% set node = graph.nodes.get('model.' ~ project_name ~ '.' ~ name) %}
    {{ return(without_pictures(node.description if node else '') | replace('\n', ' ')) }}
{% endmacro %}
