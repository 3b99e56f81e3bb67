{#- Fails on every row for which the condition does not hold; a condition that is null does not hold. -#}
{% test is_true(model, condition) %}
select *
from {{ model }}
where not coalesce({{ condition }}, false)
{% endtest %}
