{#- The key of a segment, unique over all segmentations: card_usage_1. -#}
{% macro segment_key(number_column) -%}
    case when {{ number_column }} is not null then concat(segmentation, '_', cast({{ number_column }} as {{ dbt.type_string() }})) end
{%- endmacro %}
