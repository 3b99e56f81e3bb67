{#- Sets of small numbers: on DuckDB a text of bits, which takes the least memory; elsewhere a list. -#}
{% macro set_of_number(number, numbers) -%}
    {{ return(adapter.dispatch('set_of_number', 'card_segments')(number, numbers)) }}
{%- endmacro %}


{% macro default__set_of_number(number, numbers) -%}
    set_bit(cast(repeat('0', {{ numbers }}) as bit), {{ number }}, 1)
{%- endmacro %}


{% macro spark__set_of_number(number, numbers) -%}
    array({{ number }})
{%- endmacro %}


{#- An aggregate: all numbers of the sets of a group. -#}
{% macro union_of_sets(sets) -%}
    {{ return(adapter.dispatch('union_of_sets', 'card_segments')(sets)) }}
{%- endmacro %}


{% macro default__union_of_sets(sets) -%}
    bit_or({{ sets }})
{%- endmacro %}


{% macro spark__union_of_sets(sets) -%}
    array_sort(array_distinct(flatten(collect_set({{ sets }}))))
{%- endmacro %}


{% macro is_in_set(number, set) -%}
    {{ return(adapter.dispatch('is_in_set', 'card_segments')(number, set)) }}
{%- endmacro %}


{% macro default__is_in_set(number, set) -%}
    get_bit({{ set }}, {{ number }}) = 1
{%- endmacro %}


{% macro spark__is_in_set(number, set) -%}
    array_contains({{ set }}, {{ number }})
{%- endmacro %}


{#- Whether two sets have a number in common. -#}
{% macro sets_overlap(set, other) -%}
    {{ return(adapter.dispatch('sets_overlap', 'card_segments')(set, other)) }}
{%- endmacro %}


{% macro default__sets_overlap(set, other) -%}
    bit_count({{ set }} & {{ other }}) > 0
{%- endmacro %}


{% macro spark__sets_overlap(set, other) -%}
    arrays_overlap({{ set }}, {{ other }})
{%- endmacro %}
