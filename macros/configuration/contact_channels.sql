{#- The channels of contact: name -> the column of int_relationship__features that counts them. -#}
{% macro contact_channels() %}
    {{ return({'branch': 'branch_visits', 'online': 'online_visits', 'calls': 'calls'}) }}
{% endmacro %}
