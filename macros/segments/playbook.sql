{#- The statistics of a segment that a rule may look at, with their words. -#}
{% macro rule_statistics() %}
    {{ return({
        'mean': 'mean',
        'median': 'median',
        'index_100': 'index',
        'standardised_difference': 'standardised difference',
        'absolute_difference': 'absolute standardised difference',
        'penetration_share': 'share of customers with any',
        'intensity_mean': 'mean of those with any',
        'metric_share': 'share of the total',
        'customer_share': 'share of customers',
        'value_share': 'share of value',
        'jaccard': 'Jaccard index'
    }) }}
{% endmacro %}


{#- The stages of the playbook, in their order: what protects customers comes before repair, and that before growth. -#}
{% macro playbook_stages() %}
    {{ return(['protect', 'repair', 'grow']) }}
{% endmacro %}


{#- The teams that a recommendation can be for. -#}
{% macro playbook_teams() %}
    {{ return(['marketing', 'product', 'service', 'credit', 'digital']) }}
{% endmacro %}


{#- The metrics that every segment has, whatever its segmentation is formed from. -#}
{% macro general_segment_metrics() %}
    {{ return(['segment_size', 'segment_value', 'segment_stability', 'segment_margin', 'strongest_deviation']) }}
{% endmacro %}


{#- segmentation -> the metrics of its segments that no profile has. -#}
{% macro extra_segment_metrics() %}
    {{ return({
        'card_usage': [
            'vulnerable_customer_share', 'net_value_amount', 'loss_making_share', 'transactor_share', 'revolver_share',
            'cash_advance_user_share', 'minimum_payer_share', 'dormant_share', 'is_upsell_allowed',
            'is_served', 'is_grown'
        ]
    }) }}
{% endmacro %}


{#- The metrics that a rule of a segmentation may name; of `any` those that every segment has. -#}
{% macro known_rule_metrics(segmentation) %}
    {% set names = general_segment_metrics() %}
    {% if segmentation != 'any' %}
        {% set metrics = segmentation_metrics(segmentation) | map(attribute='name') | list %}
        {% set names = metrics + extra_segment_metrics().get(segmentation, []) + names %}
    {% endif %}
    {{ return(names | unique | list) }}
{% endmacro %}


{#-
    The segmentations that a rule may be for: those of the variable, and those left out of it whose
    feature model is there all the same.
-#}
{% macro known_segmentations() %}
    {#- Rules of the project's own segmentations stay valid where their inputs are disabled. -#}
    {% set names = var('segmentations').keys() | list + ['spending', 'relationship', 'card_usage', 'repayment'] %}
    {% for node in (graph.nodes.values() if execute else []) %}
        {% if node.resource_type == 'model' and node.config.meta.get('segmentation') %}
            {% do names.append(node.name | replace('int_', '') | replace('__features', '')) %}
        {% endif %}
    {% endfor %}
    {{ return(names | unique | list) }}
{% endmacro %}


{#- segmentation -> the metrics that its rules may name, for each whose inputs are enabled. -#}
{% macro rule_metrics_by_segmentation(general=true) %}
    {% set known = {} %}
    {% if execute %}
        {% for segmentation in active_segmentations() %}
            {% if general %}
                {% do known.update({segmentation: known_rule_metrics(segmentation)}) %}
            {% else %}
                {% do known.update({segmentation: segmentation_metrics(segmentation) | map(attribute='name') | list}) %}
            {% endif %}
        {% endfor %}
        {% if general %}
            {% do known.update({'any': known_rule_metrics('any')}) %}
        {% endif %}
    {% endif %}
    {{ return(known) }}
{% endmacro %}


{#-
    The query for conditions whose metric their segmentation does not have. `conditions` is a query of
    rule_key, segmentation, metric and seed_name; rules of a segmentation that is not in `known` pass.
-#}
{% macro unknown_metrics_sql(conditions, known) %}
    select
        seed_name,
        rule_key,
        segmentation,
        metric
    from ({{ conditions }}) as conditions
    where
        false
        {%- for segmentation, names in known.items() %}
        or (segmentation = '{{ segmentation }}' and metric not in ({{ sql_list(names) }}))
        {%- endfor %}
{% endmacro %}


{#- Stops at the first condition whose metric its segmentation does not have, with the nearest one that it has. -#}
{% macro validate_rule_metrics(conditions, known) %}
    {% if execute and flags.WHICH in ('build', 'test') %}
        {% set unknown = run_query(unknown_metrics_sql(conditions, known) ~ " order by 1, 2, 4 limit 1").rows %}
        {% for seed_name, rule, segmentation, metric in unknown %}
            {% set names = known[segmentation] %}
            {% set place = "every segmentation" if segmentation == 'any' else "the segmentation '" ~ segmentation ~ "'" %}
            {% do raise_error("The rule '" ~ rule ~ "' in seeds/reference/" ~ seed_name ~ ".csv has '" ~ metric ~ "' as its metric, which is not a metric of " ~ place ~ ". Did you mean '" ~ nearest_name(metric, names) ~ "'? Known are " ~ names | join(', ') ~ ". Correct it in that file.") %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{#- The words for a value of a column, from a mapping. -#}
{% macro in_words(expression, words) -%}
    case {{ expression }}
        {%- for name, text in words.items() %}
        when '{{ name }}' then {{ sql_text(text) }}
        {%- endfor %}
    end
{%- endmacro %}


{#- The unit of a segment's statistic: that of its metric, a share, or an index, known well enough without decimals. -#}
{% macro statistic_unit(statistic, metric_unit) -%}
    case
        when {{ statistic }} in ('mean', 'median', 'intensity_mean') then {{ metric_unit }}
        when {{ statistic }} in ('penetration_share', 'metric_share', 'customer_share', 'value_share') then 'share'
        when {{ statistic }} = 'index_100' then 'index'
    end
{%- endmacro %}
