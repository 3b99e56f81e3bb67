{#- Fails on values below the minimum or above the maximum, either of which may be left out; null passes. -#}
{% test in_range(model, column_name, minimum=none, maximum=none) %}
{% if minimum is none and maximum is none %}
    {% do exceptions.raise_compiler_error("The test in_range on " ~ model ~ "." ~ column_name ~ " needs a minimum or a maximum.") %}
{% endif %}
select {{ column_name }} as value_out_of_range
from {{ model }}
where
    {% if minimum is not none %}{{ column_name }} < {{ minimum }}{% endif %}
    {% if minimum is not none and maximum is not none %}or{% endif %}
    {% if maximum is not none %}{{ column_name }} > {{ maximum }}{% endif %}
{% endtest %}
