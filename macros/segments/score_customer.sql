{#-
    Scores one customer with the published parameters and prints the answer:

        dbt run-operation score_customer --args '{segmentation: relationship, features: {
            credit_limit_amount: 50000, credit_cards: 3, branch_visits: 1, online_visits: 2, calls: 4}}'

    A feature that is not given, or given as null, is imputed, and the answer says so.
-#}
{% macro score_customer(segmentation, features) %}
    {% do check_customer(segmentation, features) %}
    {% set parameters = last_published('segment_parameters') %}
    {% set columns, imputed = ["'the customer' as customer_id"], [] %}
    {% for name in segmentation_features(segmentation) | map(attribute='name') %}
        {% set value = features.get(name) %}
        {% if value is none %}
            {% do imputed.append(name) %}
        {% endif %}
        {% do columns.append('cast(' ~ ('null' if value is none else value) ~ ' as double) as ' ~ name) %}
    {% endfor %}
    {% set relation = '(select ' ~ columns | join(', ') ~ ')' %}

    {% set scored = run_query(
        "with scored as (" ~ score_customers_sql(relation, parameters, segmentation) ~ "), "
        ~ "keys as (select distinct segment_number, segment_key from " ~ parameters ~ " where segmentation = " ~ sql_text(segmentation) ~ " and segment_key is not null) "
        ~ "select nearest.segment_key, nearest.segment_name, scored.margin, runner_up.segment_name, scored.distance from scored "
        ~ "inner join keys as near_key on scored.segment_number = near_key.segment_number "
        ~ "inner join " ~ last_published('segments') ~ " as nearest on near_key.segment_key = nearest.segment_key "
        ~ "left join keys as next_key on scored.runner_up_segment_number = next_key.segment_number "
        ~ "left join " ~ last_published('segments') ~ " as runner_up on next_key.segment_key = runner_up.segment_key"
    ).rows[0] %}
    {% do print('Segment:   ' ~ one_line(scored[1]) ~ ' (' ~ scored[0] ~ ')') %}
    {% do print('Margin:    ' ~ '%.2f' | format(scored[2]) ~ ' on a scale from 0, on the border to the next segment, to 1, in the middle of this one') %}
    {% do print('Next:      ' ~ one_line(scored[3])) %}
    {% do print('Distance:  ' ~ '%.3f' | format(scored[4])) %}
    {% if imputed %}
        {% do print('Imputed:   ' ~ imputed | join(', ')) %}
    {% endif %}
    {% set recommendations = last_published('segment_recommendations', ['segment_key', 'priority', 'team', 'action', 'what_not_to_do']) %}
    {% if recommendations %}
        {% for row in run_query("select team, action, what_not_to_do from " ~ recommendations ~ " where segment_key = " ~ sql_text(scored[0]) ~ " order by priority").rows %}
            {% do print(('Actions:   ' if loop.first else '           ') ~ row[0] ~ ': ' ~ one_line(row[1])) %}
            {% do print('           ' ~ ' ' * (row[0] | length) ~ '  ' ~ one_line(row[2])) %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{#- Stops with one sentence when a customer cannot be scored. -#}
{% macro check_customer(segmentation, features) %}
    {% if segmentation not in active_segmentations() %}
        {% do raise_error("There is no segmentation '" ~ segmentation ~ "'; there are " ~ active_segmentations() | join(', ') ~ ".") %}
    {% endif %}
    {% if not last_published('segment_parameters', ['segment_key', 'segment_number']) %}
        {% do raise_error("Nothing has been published in " ~ var('published_dir') ~ " yet, so there is nothing to score with. Run dbt build first.") %}
    {% endif %}
    {% if run_query("select 1 from " ~ last_published('segments') ~ " where segmentation = " ~ sql_text(segmentation)).rows | length == 0 %}
        {% do raise_error("The segmentation '" ~ segmentation ~ "' is not published; the published table segmentations says why.") %}
    {% endif %}
    {% set wanted = segmentation_features(segmentation) | map(attribute='name') | list %}
    {% for name, value in features.items() %}
        {% if name not in wanted %}
            {% do raise_error("The segmentation '" ~ segmentation ~ "' has no feature '" ~ name ~ "'. Did you mean '" ~ nearest_name(name, wanted) ~ "'? Its features are " ~ wanted | join(', ') ~ ".") %}
        {% elif value is not none and value is not number %}
            {% do raise_error("The feature '" ~ name ~ "' is '" ~ value ~ "', but has to be a number.") %}
        {% endif %}
    {% endfor %}
{% endmacro %}
