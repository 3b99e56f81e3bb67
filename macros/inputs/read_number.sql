{#-
    How numbers are written is found for each column of each file, never for a single value; a column whose file
    shows nothing is read as in the other files of its input. Most numbers
    can be read in one way only: 12.5 and 1,234.50 have a decimal point, 12,5 and 1.234,50 a decimal
    comma. 1,234 and 1.234 may be read in two ways; what the rest of their column shows decides.

    format        the column shows                  1,234          1.234
    point         decimal points only               1234           1.234
    comma         decimal commas only               1.234          1234
    mixed_point   both, more points                 ambiguous      ambiguous
    mixed_comma   both, more commas                 ambiguous      ambiguous
    open          neither, nor does its file        ambiguous      1.234
    open_comma    neither, but its file has commas  1.234          ambiguous

    Numbers in the rarer writing of a mixed column are unreadable. A whole number cannot have a decimal
    mark, so 1,234 is 1234 in a column of counts that is open. 1.234 in an open column is what every
    program writes that was not told otherwise.
-#}
{% macro number_patterns() %}
    {% set sign = '[+-]?' %}
    {% set exponent = '([eE][+-]?0?[0-9]{1,2})' %}
    {% set by_comma = '([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,2}(,[0-9]{2})+,[0-9]{3})' %}
    {% set by_point = '[0-9]{1,3}([.][0-9]{3})+' %}
    {% set by_blank = "[0-9]{1,3}([ '\u2019\u00a0\u202f][0-9]{3})+" %}
    {{ return({
        'plain': '^' ~ sign ~ '([0-9]+[.]?[0-9]*|[.][0-9]+)' ~ exponent ~ '?$',
        'point_grouped': '^' ~ sign ~ '(' ~ by_comma ~ '|' ~ by_blank ~ ')([.][0-9]*)?$',
        'comma': '^' ~ sign ~ '([0-9]+|' ~ by_point ~ '|' ~ by_blank ~ ')?(,[0-9]+)?' ~ exponent ~ '?$',
        'either_by_comma': '^' ~ sign ~ '[1-9][0-9]{0,2},[0-9]{3}$',
        'either_by_point': '^' ~ sign ~ '[1-9][0-9]{0,2}[.][0-9]{3}$',
        'only_point': '^' ~ sign ~ '(' ~ by_comma ~ '[.][0-9]*|[0-9]{1,3}(,[0-9]{3}){2,}|[0-9]{1,2}(,[0-9]{2})+,[0-9]{3}|' ~ by_blank ~ '[.][0-9]+|[0-9]*[.][0-9]+' ~ exponent ~ '?)$',
        'only_comma': '^' ~ sign ~ '(' ~ by_point ~ ',[0-9]*|[0-9]{1,3}([.][0-9]{3}){2,}|' ~ by_blank ~ ',[0-9]+|[0-9]*,[0-9]+' ~ exponent ~ '?)$'
    }) }}
{% endmacro %}


{#- Whether a text matches one of the patterns. -#}
{% macro is_number_like(text, pattern) -%}
    regexp_matches({{ text }}, {{ sql_text(number_patterns()[pattern]) }})
{%- endmacro %}


{#- Columns <name>__points and <name>__commas: how many numbers of a file can be read in one way only. -#}
{% macro number_evidence(column) -%}
    {%- set text = column.name ~ '__text' -%}
    {%- set number = 'trim(' ~ text ~ ', ' ~ sql_text(column.strip) ~ ')' if column.get('strip') else text -%}
    {%- for name, pattern, either in [('points', 'only_point', 'either_by_point'), ('commas', 'only_comma', 'either_by_comma')] -%}
        count(*) filter (
            where case
                when {{ text }} like '%.%' or {{ text }} like '%,%'
                    then {{ is_number_like(number, pattern) }} and not {{ is_number_like(number, either) }}
            end
        ) as {{ column.name }}__{{ name }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- The same of all files of the input, where a file has no such number: it may be a part of one file. -#}
{% macro number_evidence_of_input(column) -%}
    {%- set points, commas = column.name ~ '__points', column.name ~ '__commas' -%}
    {%- for evidence in [points, commas] -%}
        case when {{ points }} + {{ commas }} > 0 then {{ evidence }} else sum({{ evidence }}) over () end
            as {{ evidence }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- The format of a column's numbers; see number_patterns. -#}
{% macro number_format(column, numbers) -%}
    {%- set mark = var('decimal_mark') -%}
    {%- if mark == '.' -%}
        'point'
    {%- elif mark == ',' -%}
        'comma'
    {%- else -%}
        {%- set points, commas = column.name ~ '__points', column.name ~ '__commas' -%}
        {%- set file_points = numbers | map(attribute='name') | join('__points + ') ~ '__points' -%}
        {%- set file_commas = numbers | map(attribute='name') | join('__commas + ') ~ '__commas' -%}
        case
            when {{ points }} > 0 and {{ commas }} = 0 then 'point'
            when {{ points }} = 0 and {{ commas }} > 0 then 'comma'
            when {{ points }} >= {{ commas }} and {{ commas }} > 0 then 'mixed_point'
            when {{ commas }} > 0 then 'mixed_comma'
            {%- if column.type == 'integer' %}
            when {{ file_commas }} = 0 then 'point'
            {%- else %}
            when {{ file_points }} > 0 and {{ file_commas }} = 0 then 'point'
            {%- endif %}
            when {{ file_points }} = 0 and {{ file_commas }} > 0 then 'open_comma'
            else 'open'
        end
    {%- endif -%}
{%- endmacro %}


{#- A double from the cleaned text; null where it is no number in the column's format. -#}
{% macro number_from_text(column) -%}
    {%- set clean = column.name ~ '__clean' -%}
    {%- set is_comma = column.name ~ "__format in ('comma', 'mixed_comma', 'open_comma')" -%}
    case
        when {{ column.name }}__is_ambiguous then null
        when {{ is_comma }}
            then case when {{ is_number_like(clean, 'comma') }} then try_cast(replace(regexp_replace({{ clean }}, {{ sql_text("[. '\u2019\u00a0\u202f]") }}, '', 'g'), ',', '.') as double) end
        when {{ is_number_like(clean, 'plain') }} then try_cast({{ clean }} as double)
        when {{ is_number_like(clean, 'point_grouped') }} then try_cast(regexp_replace({{ clean }}, {{ sql_text("[, '\u2019\u00a0\u202f]") }}, '', 'g') as double)
    end
{%- endmacro %}


{#- Whether a number can be read in two ways and its column does not tell which is meant. -#}
{% macro is_ambiguous_number(column) -%}
    {%- set clean = column.name ~ '__clean' -%}
    {%- set format = column.name ~ '__format' -%}
    case
        when {{ format }} in ('point', 'comma') then false
        when {{ format }} in ('mixed_point', 'mixed_comma', 'open') and {{ is_number_like(clean, 'either_by_comma') }} then true
        when {{ format }} in ('mixed_point', 'mixed_comma', 'open_comma') and {{ is_number_like(clean, 'either_by_point') }} then true
        else false
    end
{%- endmacro %}


{#- What was done to read a number, as arguments of concat_ws. -#}
{% macro number_repairs(column) -%}
    {{ return(adapter.dispatch('number_repairs', 'card_segments')(column)) }}
{%- endmacro %}


{% macro default__number_repairs(column) -%}
    {%- set clean = column.name ~ '__clean' -%}
    {%- set typed = column.name ~ '__typed' -%}
    {%- set is_comma = column.name ~ "__format in ('comma', 'mixed_comma', 'open_comma')" -%}
    {#- Of a number that was read, every mark but the decimal one stood between thousands. -#}
    case
                when {{ typed }} is not null and (
                    {{ clean }} like case when {{ is_comma }} then '%.%' else '%,%' end
                    or not regexp_matches({{ clean }}, '^[0-9.,eE+-]*$')
                ) then 'thousands_separator_removed'
            end,
            case when {{ typed }} is not null and {{ is_comma }} and {{ clean }} like '%,%' then 'decimal_comma_read' end
{%- endmacro %}


{#- On Spark a number has no marks that could be removed. -#}
{% macro spark__number_repairs(column) -%}
    cast(null as string)
{%- endmacro %}
