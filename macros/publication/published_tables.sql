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
        'segment_parameters': [],
        'segment_map': [],
        'segment_proxies': [],
        'segment_group_shares': [],
        'segment_validation': ['customers', 'spends'],
        'segment_migrations': ['customers', 'spends'],
        'segment_registry': [],
        'segment_moves': [],
        'segment_drift': [],
        'segment_reference_bins': [],
        'customer_income_utilisation': ['customers', 'spends'],
        'income_utilisation_by_demographic': ['customers', 'spends'],
        'spend_by_demographic': ['customers', 'spends'],
        'monthly_spend': ['customers', 'spends'],
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
        'dim_customers': ['customers'],
        'int_customers_by_attribute': ['customers'],
        'fct_spends': ['spends'],
        'stg_credit_profiles__credit_profiles': ['credit_profiles'],
        'int_spending__features': ['customers', 'spends'],
        'int_spending__attributes': ['customers', 'spends'],
        'int_relationship__features': ['card_relationships'],
        'int_card_usage__features': ['card_usage'],
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


{#- What a published table holds, as its YAML says; for a disabled one the graph keeps no description. -#}
{% macro published_description(name) %}
    {% set node = graph.nodes.get('model.' ~ project_name ~ '.' ~ name) %}
    {{ return((node.description if node else '') | replace('\n', ' ') | trim) }}
{% endmacro %}
