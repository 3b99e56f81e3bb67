{#-
    Stops when the age bands of a scheme overlap or leave a gap, for a customer in two bands would count
    twice and one in none would vanish. The post-hook of the seed age_bands.
-#}
{% macro validate_age_bands(seed) %}
    {% if execute and flags.WHICH in ('build', 'seed') %}
        {% set bands = run_query(
            "select age_scheme, age_group, minimum_age, maximum_age from " ~ seed ~ " order by age_scheme, band_position, age_group"
        ).rows %}
        {% for scheme, group, minimum, maximum in bands %}
            {% set before = bands[loop.index0 - 1] if not loop.first and bands[loop.index0 - 1][0] == scheme else none %}
            {% set is_last = loop.last or bands[loop.index][0] != scheme %}
            {% set place = "the band '" ~ group ~ "' of the scheme '" ~ scheme ~ "' in seeds/reference/" ~ seed.identifier ~ ".csv" %}
            {% if before is none and minimum is not none %}
                {% do card_segments.raise_error("No band holds ages below " ~ minimum ~ ", where " ~ place ~ " begins. Leave the minimum_age of the first band empty.") %}
            {% elif is_last and maximum is not none %}
                {% do card_segments.raise_error("No band holds ages above " ~ maximum ~ ", where " ~ place ~ " ends. Leave the maximum_age of the last band empty.") %}
            {% elif before is not none and (before[3] is none or minimum is none or minimum <= before[3]) %}
                {% do card_segments.raise_error("Ages would stand in two bands: " ~ place ~ " overlaps the one before it, '" ~ before[1] ~ "'. Let its minimum_age be one year above the maximum_age before, and order bands by band_position.") %}
            {% elif before is not none and minimum > before[3] + 1 %}
                {% do card_segments.raise_error("Ages from " ~ (before[3] + 1) ~ " to " ~ (minimum - 1) ~ " stand in no band: " ~ place ~ " leaves a gap to the one before it, '" ~ before[1] ~ "'. Let its minimum_age be one year above the maximum_age before.") %}
            {% elif minimum is not none and maximum is not none and maximum < minimum %}
                {% do card_segments.raise_error("The maximum_age is below the minimum_age in " ~ place ~ ". Correct it in that file.") %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}
