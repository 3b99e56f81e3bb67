{#-
    The public tables: name -> the inputs it needs, in the order they are listed to readers. Needing none
    means that any input will do. The list is written out because dbt forgets a model that is switched
    off, and readers are told what is absent; a test compares it with the lineage.
-#}
{% macro published_tables() %}
    {{ return({
        'segmentations': [],
        'segment_candidates': [],
        'segments': [],
        'segment_members': [],
        'customer_segments': [],
        'segment_drivers': [],
        'segment_member_attributes': [],
        'segment_profiles': [],
        'segment_recommendations': [],
        'segment_combinations': [],
        'segment_parameters': [],
        'segment_map': [],
        'segment_attribute_proxies': [],
        'segment_group_rates': [],
        'segment_out_of_time_validation': ['customers', 'spends'],
        'monthly_segment_transitions': ['customers', 'spends'],
        'segment_registry': [],
        'segment_changes': [],
        'customer_segment_changes': [],
        'segment_drift': [],
        'segment_reference_bins': [],
        'customer_demographics': ['customers', 'spends'],
        'customer_income_utilisation': ['customers', 'spends'],
        'income_utilisation_by_demographic': ['customers', 'spends'],
        'monthly_income_utilisation': ['customers', 'spends'],
        'spend_by_demographic': ['customers', 'spends'],
        'monthly_spend': ['customers', 'spends'],
        'spend_by_segment': ['customers', 'spends'],
        'monthly_utilisation_by_segment': ['customers', 'spends'],
        'key_customer_segments': ['customers', 'spends'],
        'card_feature_recommendations': ['customers', 'spends'],
        'service_demand': ['card_relationships'],
        'customer_contacts': ['card_relationships'],
        'staffing_plan': ['card_relationships'],
        'segment_product_tiers': ['card_relationships'],
        'digital_migration_targets': ['card_relationships'],
        'cardholder_behaviour': ['card_usage'],
        'behaviour_by_segment': ['card_usage'],
        'cardholder_value': ['card_usage'],
        'segment_value': ['card_usage'],
        'transaction_reconciliation': ['card_transactions'],
        'repayment_behaviour': ['credit_profiles'],
        'customer_repayment': ['credit_profiles'],
        'credit_score_by_age': ['credit_profiles'],
        'credit_score_by_occupation': ['credit_profiles'],
        'tested_claims': [],
        'input_quality': [],
        'publication_checks': []
    }) }}
{% endmacro %}


{#- Those of some inputs that are neither enabled nor made of raw inputs that are. -#}
{% macro missing_inputs(inputs) %}
    {% set missing = [] %}
    {% for input in inputs if input not in var('enabled_inputs') %}
        {% if tables_of_events().get(input, [input]) | reject('in', var('enabled_inputs')) | list %}
            {% do missing.append(input) %}
        {% endif %}
    {% endfor %}
    {{ return(missing) }}
{% endmacro %}


{#- The same in words, with the raw inputs that would do in their place. -#}
{% macro missing_inputs_in_words(inputs) %}
    {% set words = [] %}
    {% for input in missing_inputs(inputs) %}
        {% set takes = tables_of_events().get(input, []) | reject('in', var('enabled_inputs')) | list %}
        {% do words.append(input ~ (' (or ' ~ takes | join(' and ') ~ ')' if takes else '')) %}
    {% endfor %}
    {{ return(words | join(' and ')) }}
{% endmacro %}


{#- What a published table holds, as its YAML says, in one line; for a disabled one the graph keeps no description. -#}
{% macro published_description(name) %}
    {% set node = graph.nodes.get('model.card_segments.' ~ name) %}
    {{ return(without_pictures(node.description if node else '') | replace('\n', ' ')) }}
{% endmacro %}


{#- Whether a row of a published table is a person, or the table is an aggregate, as its YAML says. -#}
{% macro published_table_kind(name) %}
    {{ return(graph.nodes['model.card_segments.' ~ name].config.meta.table_kind) }}
{% endmacro %}


{#- The columns of a published table that hold keys of another one, with its name, as its YAML says. -#}
{% macro published_references(name) %}
    {{ return(graph.nodes['model.card_segments.' ~ name].config.meta.get('foreign_keys', {})) }}
{% endmacro %}
