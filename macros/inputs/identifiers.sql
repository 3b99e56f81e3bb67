{#-
    What a value of a person looks like that must not be kept, in the order it is looked for: in words,
    as a regular expression, and in which types of column. A card number is one by its check digit too.
-#}
{% macro identifier_kinds() %}
    {% set start, end = '(^|[^0-9A-Za-z.,])', '($|[^0-9A-Za-z])' %}
    {{ return([
        {'mark': '[an e-mail address]', 'pattern': '[^@ ]+@[^@ ]+[.][A-Za-z]{2,}'},
        {'mark': '[a social-security number]', 'pattern': start ~ '[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}' ~ end},
        {'mark': '[a card number]', 'pattern': start ~ '([3-6]([ -]?[0-9]){12,18})' ~ end, 'has_check_digit': true},
        {'mark': '[a national identity number]', 'pattern': start ~ '[0-9]{4}[- ][0-9]{4}[- ][0-9]{4}' ~ end},
        {'mark': '[a telephone number]', 'pattern': '[+][0-9][ ().-]{0,2}([0-9][ ().-]{0,2}){8,13}[0-9]' ~ end},
        {'mark': '[a telephone number]', 'pattern': start ~ '[(]?[0-9]{3}[)]?[ .-][0-9]{3}[ .-][0-9]{4}' ~ end},
        {'mark': '[a long number]', 'pattern': '[0-9]{8}', 'types': ['text']}
    ]) }}
{% endmacro %}


{#-
    A raw value as it may be loaded: what looks like a value of a person becomes a mark that says what it
    looked like, and letters in a number, where a name may have slipped, become x.
-#}
{% macro kept_text(expression, column) -%}
    case
        {%- if column.type in ('number', 'integer') %}
        when regexp_matches({{ expression }}, '[\p{L}]{2}[^0-9]*[\p{L}]')
            {%- if column.get('placeholders') %} and trim({{ expression }}) not in ({{ sql_list(column.placeholders) }}){% endif %}
            then {{ masked_text(expression) }}
        {%- endif %}
        {#- Most values are done with after this. #}
        when not regexp_matches({{ expression }}, '@|[0-9][0-9 ().-]{6}') then {{ expression }}
        {%- for kind in identifier_kinds() if column.type in kind.get('types', [column.type]) %}
        when regexp_matches({{ expression }}, {{ sql_text(kind.pattern) }})
            {%- if kind.get('has_check_digit') %}
            and {{ has_check_digit("regexp_extract(" ~ expression ~ ", " ~ sql_text(kind.pattern) ~ ", 2)") }}
            {%- endif %} then '{{ kind.mark }}'
        {%- endfor %}
        else {{ expression }}
    end
{%- endmacro %}


{#- Whether the digits in a text end with their check digit, as those of payment cards do (Luhn). -#}
{% macro has_check_digit(text) -%}
    {%- set digits = "reverse(regexp_replace(" ~ text ~ ", '[^0-9]', '', 'g'))" -%}
    list_sum(list_transform(
        range(1, length({{ digits }}) + 1),
        lambda place: case
            when place % 2 = 1 then cast({{ digits }}[place] as integer)
            else cast({{ digits }}[place] as integer) * 2 - case when {{ digits }}[place] > '4' then 9 else 0 end
        end
    )) % 10 = 0
{%- endmacro %}


{#- The shape of a text: its letters become x and X, its digits 9; enough to see what is wrong with it. -#}
{% macro masked_text(expression) -%}
    regexp_replace(regexp_replace(regexp_replace(left({{ expression }}, 60), '\p{Lu}', 'X', 'g'), '\p{Ll}|\p{Lo}', 'x', 'g'), '[0-9]', '9', 'g')
{%- endmacro %}


{#- The marks that kept_text leaves, each once. -#}
{% macro identifier_marks() %}
    {{ return(identifier_kinds() | map(attribute='mark') | unique | list) }}
{% endmacro %}
