{#- The segmentations whose inputs are all enabled or made of others, in the order of the variable. -#}
{% macro active_segmentations() %}
    {% set active = [] %}
    {% for segmentation, inputs in var('segmentations').items() %}
        {% if not missing_inputs(inputs) %}
            {% do active.append(segmentation) %}
        {% endif %}
    {% endfor %}
    {{ return(active) }}
{% endmacro %}


{#-
    segmentation -> the population of its customers, by name: the active segmentations whose identifiers mean the same
    people. Those are of one population that need a common input, or that the variable same_customers names together. A
    bank's events call a customer what `customers` does.
-#}
{% macro populations() %}
    {#- Nothing that is parsed depends on it. -#}
    {% set same_customers = (var('same_customers') or []) if execute else [] %}
    {% set found = namespace(groups=[]) %}
    {% for segmentation in active_segmentations() %}
        {% set group = {
            'segmentations': [segmentation],
            'links': var('segmentations')[segmentation]
                + (['customers'] if var('segmentations')[segmentation] | reject('in', var('enabled_inputs')) | list else [])
                + (['same_customers'] if segmentation in same_customers else []),
        } %}
        {% set apart = [] %}
        {% for other in found.groups %}
            {% if other.links | select('in', group.links) | list %}
                {% do group.update({
                    'segmentations': other.segmentations + group.segmentations, 'links': other.links + group.links
                }) %}
            {% else %}
                {% do apart.append(other) %}
            {% endif %}
        {% endfor %}
        {% set found.groups = apart + [group] %}
    {% endfor %}
    {% set names = {} %}
    {% for group in found.groups %}
        {% for segmentation in group.segmentations %}
            {% do names.update({segmentation: group.segmentations | sort | join(' + ')}) %}
        {% endfor %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}


{#- The population of a row's customer, from the column with the segmentation. -#}
{% macro population_of(column) -%}
    case {{ column }}
        {%- for segmentation, population in populations().items() %}
        when {{ sql_text(segmentation) }} then {{ sql_text(population) }}
        {%- else %}
        when null then ''
        {%- endfor %}
    end
{%- endmacro %}


{#-
    segmentation -> its feature model. Called where a model is parsed, so that the lineage shows every
    segmentation.
-#}
{% macro feature_relations() %}
    {% set relations = {} %}
    {% for segmentation in active_segmentations() %}
        {% do relations.update({segmentation: ref('int_' ~ segmentation ~ '__features')}) %}
    {% endfor %}
    {{ return(relations) }}
{% endmacro %}


{#- segmentation -> the model of its customers' protected attributes, where it has one. -#}
{% macro attribute_relations() %}
    {% set relations = {} %}
    {% for segmentation in active_segmentations() if segmentation in var('segmentations_with_attributes') %}
        {% do relations.update({segmentation: ref('int_' ~ segmentation ~ '__attributes')}) %}
    {% endfor %}
    {{ return(relations) }}
{% endmacro %}


{#- The specification that stands in the YAML of a feature model, under config.meta.segmentation. -#}
{% macro segmentation_specification(segmentation) %}
    {% set model_name = 'int_' ~ segmentation ~ '__features' %}
    {% set specification = card_segments.find_node(model_name).config.meta.get('segmentation') %}
    {% if not specification %}
        {% do card_segments.raise_error("The model " ~ model_name ~ " has no specification of the segmentation '" ~ segmentation ~ "'. Add config.meta.segmentation with a list of features to its YAML.") %}
    {% endif %}
    {{ return(specification) }}
{% endmacro %}


{#-
    The metrics of a segmentation in order: its features with their settings, then the variables that
    only describe, but for those that are `absent_from` an input that is given. Each is a mapping with name, role,
    transform.
-#}
{% macro segmentation_metrics(segmentation) %}
    {% set specification = card_segments.segmentation_specification(segmentation) %}
    {% set metrics = [] %}
    {% for feature in specification.features %}
        {% set settings = {'name': feature} if feature is string else feature %}
        {% do metrics.append({'name': settings.name, 'role': 'feature', 'transform': settings.get('transform', 'identity')}) %}
    {% endfor %}
    {% for variable in specification.get('profile', []) %}
        {% set settings = {'name': variable} if variable is string else variable %}
        {% if settings.get('absent_from') not in card_segments.given_inputs() %}
            {% do metrics.append({'name': settings.name, 'role': 'profile', 'transform': none}) %}
        {% endif %}
    {% endfor %}
    {{ return(metrics) }}
{% endmacro %}


{% macro segmentation_features(segmentation) %}
    {{ return(card_segments.segmentation_metrics(segmentation) | selectattr('role', 'equalto', 'feature') | list) }}
{% endmacro %}


{#- The column whose sum is a segment's share of value; the first feature unless the specification names one. -#}
{% macro segmentation_value(segmentation) %}
    {{ return(card_segments.segmentation_specification(segmentation).get('value') or card_segments.segmentation_features(segmentation)[0].name) }}
{% endmacro %}


{#-
    The columns of its feature model that a segmentation reads, each once: its features, what only describes, and
    the value column.
-#}
{% macro segmentation_columns(segmentation) %}
    {% set columns = card_segments.segmentation_metrics(segmentation) | map(attribute='name') | list %}
    {{ return((columns + [card_segments.segmentation_value(segmentation)]) | unique | list) }}
{% endmacro %}


{#- One row per segmentation and column that it reads, in the order of its specification. -#}
{% macro segmentation_metrics_sql(segmentations) -%}
    {% set rows = [] %}
    {% for segmentation in segmentations %}
        {% set features = card_segments.segmentation_features(segmentation) | map(attribute='name') | list %}
        {% for column in card_segments.segmentation_columns(segmentation) %}
            {% do rows.append(
                [card_segments.sql_text(segmentation), card_segments.sql_text(column), loop.index, column in features, column == card_segments.segmentation_value(segmentation)]
                | join(', ')
            ) %}
        {% endfor %}
    {% endfor %}
    {%- if rows -%}
    select *
    from (
        values
        {%- for row in rows %}
        ({{ row }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as metrics (segmentation, metric, metric_position, is_feature, is_value)
    {%- else -%}
    {{ card_segments.empty_relation({
        'segmentation': dbt.type_string(), 'metric': dbt.type_string(), 'metric_position': 'integer',
        'is_feature': 'boolean', 'is_value': 'boolean',
    }) }}
    {%- endif -%}
{%- endmacro %}


{#- A specification without what only describes: the settings that make a model what it is. -#}
{% macro model_settings(specification) %}
    {% set settings = {} %}
    {% for setting, value in specification.items() if setting not in ('description', 'profile') %}
        {% do settings.update({setting: value}) %}
    {% endfor %}
    {{ return(settings) }}
{% endmacro %}
