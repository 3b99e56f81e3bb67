{#-
    Why a customer is in the segment of `members` today, compared with the one of `last_members` (aliases): the old model
    on today's data parts what the customer changed from what the model changed.
-#}
{% macro cause_of_change(last_members, members) -%}
    case
        when {{ last_members }}.segment_key = {{ members }}.segment_key then 'stayed'
        when {{ last_members }}.scored_segment_key is null then 'unknown'
        when {{ last_members }}.scored_segment_key = {{ last_members }}.segment_key then 'model'
        when {{ last_members }}.scored_segment_key = {{ members }}.segment_key then 'behaviour'
        else 'both'
    end
{%- endmacro %}
