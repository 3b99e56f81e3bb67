{#-
    Stops on a claim that cannot be tested as it is written, with a sentence that names it: a word that
    nothing knows, a metric that its test cannot take, a group that is missing. The post-hook of the seed
    claims.
-#}
{% macro validate_claims(seed) %}
    {% if execute and flags.WHICH in ('build', 'seed') %}
        {% set populations = card_segments.claim_populations() %}
        {% set tests = card_segments.claim_tests() %}
        {% do card_segments.validate_seed_words(seed, 'claim_key', 'population', populations.keys() | list) %}
        {% do card_segments.validate_seed_words(seed, 'claim_key', 'test', tests.keys() | list) %}
        {% do card_segments.validate_seed_words(seed, 'claim_key', 'expected', ['greater', 'less', 'different', 'none']) %}
        {% set claims = run_query(
            "select claim_key, population, test, metric, group_by, group_a, group_b, expected, threshold, smallest_effect from "
            ~ seed ~ " order by claim_key"
        ).rows %}
        {% for claim in claims %}
            {% set place = "The claim '" ~ claim[0] ~ "' in seeds/reference/" ~ seed.identifier ~ ".csv" %}
            {% for column in ['population', 'test', 'metric', 'expected', 'smallest_effect'] if claim[column] is none %}
                {% do card_segments.raise_error(place ~ " has no " ~ column ~ ". Give it one.") %}
            {% endfor %}
            {% set population = populations[claim['population']] %}
            {% set test = tests[claim['test']] %}
            {% do card_segments.raise_unknown_claim_word(place, 'metric', claim['metric'], population.metrics.keys() | list, claim['population']) %}
            {% if claim['group_by'] is not none %}
                {% do card_segments.raise_unknown_claim_word(place, 'group_by', claim['group_by'], population.columns.keys() | list, claim['population']) %}
            {% endif %}
            {% set kind = population.metrics[claim['metric']] %}
            {% set column_kind = population.columns.get(claim['group_by']) %}

            {% if kind not in test.kinds %}
                {% do card_segments.raise_error(place ~ " tests the metric " ~ claim['metric'] ~ ", a " ~ kind ~ ", by " ~ claim['test'] ~ ", which takes a " ~ test.kinds | join(' or a ') ~ ". Choose another test or metric.") %}
            {% elif test.needs_threshold and claim['threshold'] is none %}
                {% do card_segments.raise_error(place ~ " has no threshold, which the test " ~ claim['test'] ~ " compares with. Give it one.") %}
            {% elif claim['test'] == 'one_proportion' and not 0 < claim['threshold'] < 1 %}
                {% do card_segments.raise_error(place ~ " has a threshold of " ~ claim['threshold'] ~ ", but compares a share with it. Give it one between 0 and 1.") %}
            {% elif not test.is_directed and claim['expected'] in ('greater', 'less') %}
                {% do card_segments.raise_error(place ~ " expects '" ~ claim['expected'] ~ "', but " ~ claim['test'] ~ " has no direction. Expect 'different' or 'none', or choose another test.") %}
            {% elif test.groups != 'optional' and claim['group_by'] is none %}
                {% do card_segments.raise_error(place ~ " has no group_by, which the test " ~ claim['test'] ~ " needs. Known are " ~ population.columns.keys() | join(', ') ~ ".") %}
            {% elif test.groups in ('two', 'rest') and (claim['group_a'] is none or claim['group_b'] is none) %}
                {% do card_segments.raise_error(place ~ " has to name group_a and group_b for the test " ~ claim['test'] ~ "; group_b can be 'rest'.") %}
            {% elif test.groups == 'rest' and (claim['group_b'] != 'rest' or claim['expected'] != 'greater') %}
                {% do card_segments.raise_error(place ~ " is tested by " ~ claim['test'] ~ ", which compares group_a with each of the others: write 'rest' as its group_b and 'greater' as expected.") %}
            {% elif test.groups == 'every' and (claim['group_a'] is not none or claim['group_b'] is not none) %}
                {% do card_segments.raise_error(place ~ " names groups, but " ~ claim['test'] ~ " compares all of them. Leave group_a and group_b empty.") %}
            {% elif claim['test'] == 'spearman' and column_kind != 'number' %}
                {% do card_segments.raise_error(place ~ " is tested by spearman, which needs a number to go with, but its group_by " ~ claim['group_by'] ~ " is a text. Choose another test or column.") %}
            {% elif claim['smallest_effect'] < 0 %}
                {% do card_segments.raise_error(place ~ " has a smallest_effect of " ~ claim['smallest_effect'] ~ ". It is a size, so give it as 0 or more.") %}
            {% endif %}

            {% for group in [claim['group_a'], claim['group_b']] if column_kind == 'number' and group is not none and group != 'rest' %}
                {% if group == '-' or not modules.re.fullmatch('[0-9]*[.]?[0-9]*-[0-9]*[.]?[0-9]*', group) %}
                    {% do card_segments.raise_error(place ~ " has the group '" ~ group ~ "' of the number " ~ claim['group_by'] ~ ". Write a range such as 20-50, 51- or -19.") %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{#- Stops on a word that the claim's population does not have, with the nearest one that it has. -#}
{% macro raise_unknown_claim_word(place, column, word, known, population) %}
    {% if word not in known %}
        {% do card_segments.raise_error(place ~ " has '" ~ word ~ "' as its " ~ column ~ ", which the population " ~ population ~ " does not have. Did you mean '" ~ card_segments.nearest_name(word, known) ~ "'? Known are " ~ known | join(', ') ~ ". Correct it in that file.") %}
    {% endif %}
{% endmacro %}
