{#-
    Lists, which engines write differently. Positions count from 1; what is beyond the end of a list is null. The text of
    an item is `item`, and that of its position `place`, in the expressions that are worked out for each.
-#}
{% macro list_of(items) -%}
    {{ return(adapter.dispatch('list_of', 'card_segments')(items)) }}
{%- endmacro %}


{% macro default__list_of(items) -%}
    [{{ items | join(', ') }}]
{%- endmacro %}


{% macro spark__list_of(items) -%}
    array({{ items | join(', ') }})
{%- endmacro %}


{#- The type of a list of some type. -#}
{% macro type_list(data_type) -%}
    {{ return(adapter.dispatch('type_list', 'card_segments')(data_type)) }}
{%- endmacro %}


{% macro default__type_list(data_type) -%}
    {{ data_type }}[]
{%- endmacro %}


{% macro spark__type_list(data_type) -%}
    array<{{ data_type }}>
{%- endmacro %}


{#- An aggregate: the values of a group in one list, nulls included, in the order of an expression that is not null. -#}
{% macro ordered_list(expression, order_by) -%}
    {{ return(adapter.dispatch('ordered_list', 'card_segments')(expression, order_by)) }}
{%- endmacro %}


{% macro default__ordered_list(expression, order_by) -%}
    list({{ expression }} order by {{ order_by }})
{%- endmacro %}


{% macro spark__ordered_list(expression, order_by) -%}
    transform(
        array_sort(collect_list(struct({{ order_by }} as place, {{ expression }} as item))),
        entry -> entry.item
    )
{%- endmacro %}


{% macro list_item(list, position) -%}
    {{ return(adapter.dispatch('list_item', 'card_segments')(list, position)) }}
{%- endmacro %}


{% macro default__list_item(list, position) -%}
    {{ list }}[{{ position }}]
{%- endmacro %}


{% macro spark__list_item(list, position) -%}
    get({{ list }}, cast({{ position }} as int) - 1)
{%- endmacro %}


{#- The items of a list at the positions of another one. -#}
{% macro list_items(list, positions) -%}
    {{ return(adapter.dispatch('list_items', 'card_segments')(list, positions)) }}
{%- endmacro %}


{% macro default__list_items(list, positions) -%}
    list_select({{ list }}, {{ positions }})
{%- endmacro %}


{% macro spark__list_items(list, positions) -%}
    transform({{ positions }}, position -> get({{ list }}, cast(position as int) - 1))
{%- endmacro %}


{#- The first items of a list, at most so many. -#}
{% macro first_items(list, number) -%}
    {{ return(adapter.dispatch('first_items', 'card_segments')(list, number)) }}
{%- endmacro %}


{% macro default__first_items(list, number) -%}
    {{ list }}[:{{ number }}]
{%- endmacro %}


{% macro spark__first_items(list, number) -%}
    slice({{ list }}, 1, cast({{ number }} as int))
{%- endmacro %}


{#- The items of a list after the first so many. -#}
{% macro items_after(list, number) -%}
    {{ return(adapter.dispatch('items_after', 'card_segments')(list, number)) }}
{%- endmacro %}


{% macro default__items_after(list, number) -%}
    {{ list }}[{{ number }} + 1:]
{%- endmacro %}


{% macro spark__items_after(list, number) -%}
    slice({{ list }}, cast({{ number }} as int) + 1, size({{ list }}))
{%- endmacro %}


{% macro list_length(list) -%}
    {{ return(adapter.dispatch('list_length', 'card_segments')(list)) }}
{%- endmacro %}


{% macro default__list_length(list) -%}
    len({{ list }})
{%- endmacro %}


{% macro spark__list_length(list) -%}
    array_size({{ list }})
{%- endmacro %}


{#- An expression worked out for each item of a list. -#}
{% macro mapped_list(list, expression) -%}
    {{ return(adapter.dispatch('mapped_list', 'card_segments')(list, expression)) }}
{%- endmacro %}


{% macro default__mapped_list(list, expression) -%}
    list_transform({{ list }}, lambda item, place: {{ expression }})
{%- endmacro %}


{% macro spark__mapped_list(list, expression) -%}
    {#- Spark counts from 0 here -#}
    transform({{ list }}, (item, place) -> {{ modules.re.sub('\\bplace\\b', '(place + 1)', expression) }})
{%- endmacro %}


{#- The items of a list of which a condition holds. -#}
{% macro filtered_list(list, condition) -%}
    {{ return(adapter.dispatch('filtered_list', 'card_segments')(list, condition)) }}
{%- endmacro %}


{% macro default__filtered_list(list, condition) -%}
    list_filter({{ list }}, lambda item: {{ condition }})
{%- endmacro %}


{% macro spark__filtered_list(list, condition) -%}
    filter({{ list }}, item -> {{ condition }})
{%- endmacro %}


{#- The sum of a list of doubles without nulls; null where it is empty. -#}
{% macro list_total(list) -%}
    {{ return(adapter.dispatch('list_total', 'card_segments')(list)) }}
{%- endmacro %}


{% macro default__list_total(list) -%}
    list_sum({{ list }})
{%- endmacro %}


{% macro spark__list_total(list) -%}
    aggregate({{ list }}, cast(null as double), (total, item) -> coalesce(total, 0) + item)
{%- endmacro %}


{#- The positions of a list of numbers, that of the smallest first, the first of equal ones first. -#}
{% macro positions_by_size(list) -%}
    {{ return(adapter.dispatch('positions_by_size', 'card_segments')(list)) }}
{%- endmacro %}


{% macro default__positions_by_size(list) -%}
    list_grade_up({{ list }})
{%- endmacro %}


{% macro spark__positions_by_size(list) -%}
    transform(
        array_sort(transform({{ list }}, (item, place) -> struct(item, place + 1 as place))),
        entry -> entry.place
    )
{%- endmacro %}


{#- The distance of two points, each a list of as many doubles. -#}
{% macro list_distance(list, other) -%}
    {{ return(adapter.dispatch('list_distance', 'card_segments')(list, other)) }}
{%- endmacro %}


{% macro default__list_distance(list, other) -%}
    list_distance({{ list }}, {{ other }})
{%- endmacro %}


{% macro spark__list_distance(list, other) -%}
    sqrt(aggregate(
        zip_with({{ list }}, {{ other }}, (one, two) -> (one - two) * (one - two)),
        cast(0 as double), (total, square) -> total + square
    ))
{%- endmacro %}


{#- The items of a list of texts that are not null, in one text. -#}
{% macro list_text(list, delimiter) -%}
    {{ return(adapter.dispatch('list_text', 'card_segments')(list, delimiter)) }}
{%- endmacro %}


{% macro default__list_text(list, delimiter) -%}
    array_to_string({{ list }}, {{ delimiter }})
{%- endmacro %}


{% macro spark__list_text(list, delimiter) -%}
    array_join({{ list }}, {{ delimiter }})
{%- endmacro %}


{#- A value with named parts, from name -> expression. -#}
{% macro structure(parts) -%}
    {{ return(adapter.dispatch('structure', 'card_segments')(parts)) }}
{%- endmacro %}


{% macro default__structure(parts) -%}
    {
        {%- for name, expression in parts.items() %}
        '{{ name }}': {{ expression }}{{ ',' if not loop.last }}
        {%- endfor %}
    }
{%- endmacro %}


{% macro spark__structure(parts) -%}
    struct(
        {%- for name, expression in parts.items() %}
        {{ expression }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
