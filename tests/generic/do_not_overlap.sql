{#- Ranges, ends included, of which no two hold the same value. -#}
{% test do_not_overlap(model, first, last) %}
select ranges.{{ first }}
from {{ model }} as ranges
inner join {{ model }} as others
    on
        ranges.{{ first }} < others.{{ first }}
        and ranges.{{ last }} >= others.{{ first }}
{% endtest %}
