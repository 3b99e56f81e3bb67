{#-
    A text without blanks round it: also tabs, line breaks, no-break and zero-width ones. ="C1" is how a spreadsheet is
    told that C1 is a text.
-#}
{% macro trimmed(expression) -%}
    {{ return(adapter.dispatch('trimmed', 'card_segments')(expression)) }}
{%- endmacro %}


{% macro default__trimmed(expression) -%}
    {%- set blanks = sql_text(' \t\r\n\u00a0\u2007\u202f\u3000\u200b\ufeff') %}
    {#- Nearly every text has none, which this pattern tells faster than trimming. #}
    case
        when regexp_matches({{ expression }}, '^[!-<>-~]([ -~]*[!-~])?$') then {{ expression }}
        else trim(regexp_replace(trim({{ expression }}, {{ blanks }}), '^="([^"]*)"$', '\1'), {{ blanks }})
    end
{%- endmacro %}


{% macro spark__trimmed(expression) -%}
    {%- set blanks = sql_text(' \t\r\n\u00a0\u2007\u202f\u3000\u200b\ufeff') -%}
    trim(both {{ blanks }} from regexp_replace(trim(both {{ blanks }} from {{ expression }}), {{ sql_text('^="([^"]*)"$') }}, '$1'))
{%- endmacro %}


{#- Words that programs write for a missing value, in small letters. None is one where the contract accepts it. -#}
{% macro missing_words(column) %}
    {% set words = ['na', 'n/a', '#n/a', '#na', '<na>', 'null', 'nan', 'nat', 'none', '\\n', '-', '--', '\u2013', '\u2014', '.', '?'] %}
    {{ return(words | reject('in', column.get('accepted', []) | map('lower') | list) | list) }}
{% endmacro %}


{#- Whether a text is a word for a missing value. -#}
{% macro is_missing_word(text, column) -%}
    {{ is_listed('lower(' ~ text ~ ')', missing_words(column)) }}
{%- endmacro %}


{#-
    What texts are compared by when spellings are unified. Letters with accents that are one sign or two, blanks and
    dashes of other kinds and signs without a width look the same; texts of ASCII have none of them.
-#}
{% macro spelling_key(expression) -%}
    {{ return(adapter.dispatch('spelling_key', 'card_segments')(expression)) }}
{%- endmacro %}


{% macro default__spelling_key(expression) -%}
    lower(regexp_replace(
        case
            when strlen({{ expression }}) = length({{ expression }}) then {{ expression }}
            else regexp_replace(regexp_replace(nfc_normalize({{ expression }}), '\p{Cf}+', '', 'g'), '[\p{Pd}\x{2212}]', '-', 'g')
        end, '[ _\p{Zs}]+', ' ', 'g'
    ))
{%- endmacro %}


{#- Spark has no function that composes a letter and its accent, so that one written as two signs is another spelling. -#}
{% macro spark__spelling_key(expression) -%}
    lower(regexp_replace(
        regexp_replace(regexp_replace({{ expression }}, {{ sql_text('\\p{Cf}+') }}, ''), {{ sql_text('[\\p{Pd}\\x{2212}]') }}, '-'), {{ sql_text('[ _\\p{Zs}]+') }}, ' '
    ))
{%- endmacro %}


{#- As `in (...)`, of which DuckDB makes a join each: dozens of them take seconds to begin, whatever the rows. -#}
{% macro is_listed(expression, values) -%}
    {{ return(adapter.dispatch('is_listed', 'card_segments')(expression, values)) }}
{%- endmacro %}


{% macro default__is_listed(expression, values) -%}
    list_contains([{{ sql_list(values) }}], {{ expression }})
{%- endmacro %}


{% macro spark__is_listed(expression, values) -%}
    array_contains(array({{ sql_list(values) }}), {{ expression }})
{%- endmacro %}


{% macro sql_list(values) -%}
    {%- for value in values -%}{{ card_segments.sql_text(value) }}{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}


{#-
    Whether a text stands for a missing value: a word of programs or of the contract. Underscores alone do where
    spellings are unified.
-#}
{% macro is_placeholder(column) -%}
    {%- set text = column.name ~ '__text' -%}
    {%- set tests = [is_missing_word(text, column)] -%}
    {%- if column.get('placeholders') -%}
        {%- do tests.append(text ~ ' in (' ~ sql_list(column.placeholders) ~ ')') -%}
    {%- endif -%}
    {%- if column.get('unify') -%}
        {%- do tests.append("(" ~ text ~ " <> '' and trim(both '_ ' from " ~ text ~ ") = '')") -%}
    {%- endif -%}
    ({{ tests | join(' or ') }})
{%- endmacro %}


{#- The text that is to be typed: blanks, marks and placeholders gone; null where nothing is left. -#}
{% macro cleaned_expression(column) -%}
    {%- set text = 'trimmed_rows.' ~ column.name ~ '__text' -%}
    {%- set cleared = column.get('placeholders', []) + (identifier_marks() if not column.required else []) -%}
    {%- if column.get('unify') -%}
        {%- set clean = column.name ~ '_spellings.usual_spelling' -%}
    {%- elif column.get('strip') -%}
        {%- set clean = 'trim(both ' ~ sql_text(column.strip) ~ ' from ' ~ text ~ ')' -%}
    {%- else -%}
        {%- set clean = text -%}
    {%- endif -%}
    case
        when {{ is_missing_word(text, column) }} then null
        {%- if cleared %}
        when {{ is_listed(text, cleared) }} then null
        {%- endif %}
        else nullif({{ clean }}, '')
    end
{%- endmacro %}


{#- The value in its type; null where the text cannot be read as one. -#}
{% macro typed_expression(column) -%}
    {%- set clean = column.name ~ '__clean' -%}
    {%- set number = column.name ~ '__number' -%}
    {%- if column.type == 'number' -%}
        {{ number }}
    {%- elif column.type == 'integer' -%}
        {#- 23.0 is a whole number, 23.5 is not and stays unread #}
        case when {{ number }} = floor({{ number }}) then try_cast({{ number }} as bigint) end
    {%- elif column.type == 'month' -%}
        {{ month_from_text(clean) }}
    {%- elif column.type == 'time' -%}
        {{ time_from_text(clean) }}
    {%- elif column.type == 'duration_months' -%}
        coalesce(
            try_cast(nullif(regexp_extract({{ clean }}, '^[0-9]{1,5}$', 0), '') as bigint),
            try_cast(nullif(regexp_extract({{ clean }}, '^([0-9]+) Years? and ([0-9]+) Months?$', 1), '') as bigint) * 12
            + try_cast(nullif(regexp_extract({{ clean }}, '^([0-9]+) Years? and ([0-9]+) Months?$', 2), '') as bigint)
        )
    {%- elif column.get('accepted') -%}
        case lower({{ clean }})
            {%- for value in column.accepted %} when {{ sql_text(value | lower) }} then {{ sql_text(value) }}{% endfor %} end
    {%- else -%}
        {{ clean }}
    {%- endif -%}
{%- endmacro %}


{#-
    The first day of a month from its name (in the year of `spends_year`, or with a year after it),
    YYYY-MM, YYYYMM, MM/YYYY or a date. 01/02/2023 is not read: it may be in January or in February.
-#}
{% macro month_from_text(text) -%}
    {%- set names = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'] -%}
    case
        {%- for name in names %}
        when lower({{ text }}) in ('{{ name }}', '{{ name[:3] }}') then cast('{{ var("spends_year") | int }}-{{ '%02d' | format(loop.index) }}-01' as date)
        {%- endfor %}
        when {{ matches(text, '^[0-9]{4}[-/]?[0-9]{2}$') }}
            then try_cast(concat(left({{ text }}, 4), '-', right({{ text }}, 2), '-01') as date)
        when {{ matches(text, '^[0-9]{2}[-/.][0-9]{4}$') }}
            then try_cast(concat(right({{ text }}, 4), '-', left({{ text }}, 2), '-01') as date)
        when {{ matches(text, '^[0-9]{8}$') }}
            then cast({{ dbt.date_trunc('month', "try_cast(concat(left(" ~ text ~ ", 4), '-', substring(" ~ text ~ ", 5, 2), '-', right(" ~ text ~ ", 2)) as date)") }} as date)
        when {{ matches(text, '^[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}$') }}
            then cast({{ dbt.date_trunc('month', "try_cast(concat(" ~ dbt.split_part(text, "'.'", 3) ~ ", '-', " ~ dbt.split_part(text, "'.'", 2) ~ ", '-', " ~ dbt.split_part(text, "'.'", 1) ~ ") as date)") }} as date)
        {%- for name in names %}
        when {{ matches('lower(' ~ text ~ ')', '^(' ~ name ~ '|' ~ name[:3] ~ ')[ -/.,]+[0-9]{4}$') }}
            then try_cast(concat(right({{ text }}, 4), '-{{ '%02d' | format(loop.index) }}-01') as date)
        {%- endfor %}
        {#- A time of the day may follow, of any zone: the date counts that the file says. DuckDB's own cast would take
            anything after the date. #}
        when {{ matches(text, '^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([ T][0-9:.]+( ?([Zz]|UTC|GMT|[+-][0-9:]+))?(\\[[A-Za-z_/+-]+\\])?)?$') }}
            then cast({{ dbt.date_trunc('month', "try_cast(regexp_extract(" ~ text ~ ", '^[0-9/-]+', 0) as date)") }} as date)
    end
{%- endmacro %}


{#-
    A time, or the midnight of a date, as its place has it. Of one that says its own zone the time in the variable
    time_zone is taken, or as it is written. 01/02/2023 is read only where the variable date_order tells how.
-#}
{% macro time_from_text(text) -%}
    {{ return(adapter.dispatch('time_from_text', 'card_segments')(text)) }}
{%- endmacro %}


{% macro default__time_from_text(text) -%}
    {%- set order = {'mdy': ['%m/%d/%Y', '%m-%d-%Y'], 'dmy': ['%d/%m/%Y', '%d-%m-%Y']}.get(var('date_order'), []) -%}
    {%- set dates = ['%Y-%m-%d', '%Y/%m/%d', '%Y%m%d', '%d.%m.%Y', '%d %b %Y', '%d-%b-%Y', '%d %B %Y', '%b %d, %Y', '%B %d, %Y'] + order -%}
    {%- set formats = [] -%}
    {%- for date in dates -%}
        {%- for time in ['', ' %H:%M', ' %H:%M:%S', ' %H:%M:%S.%f', ' %I:%M %p', ' %I:%M:%S %p'] -%}
            {%- do formats.append(date ~ time) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set zone = ' ?(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})$' -%}
    case
        when regexp_matches({{ text }}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]+{{ zone }}')
            {%- if var('time_zone') %}
            then timezone({{ sql_text(var('time_zone')) }}, try_cast(regexp_replace(regexp_replace({{ text }}, ' ?(Z|UTC|GMT)$', '+00'), ' ?([+-][0-9]{2}):?([0-9]{2})$', '\1:\2') as timestamptz))
            {%- else %}
            then try_cast(regexp_replace({{ text }}, '{{ zone }}', '') as timestamp)
            {%- endif %}
        else try_strptime(regexp_replace({{ text }}, '([0-9])T([0-9])', '\1 \2'), [{{ sql_list(formats) }}])
    end
{%- endmacro %}


{#- Written as ISO 8601 has it. -#}
{% macro spark__time_from_text(text) -%}
    try_cast({{ text }} as timestamp_ntz)
{%- endmacro %}


{#-
    An amount of money without the mark of its currency, with a minus before it where it has one behind or stands in
    brackets: ($99.00) is -99.00. What is no such amount stays as it is.
-#}
{% macro money_text(expression) -%}
    {%- set mark = "(\p{Sc}|[A-Z]{3}|[A-Z]{1,2}\p{Sc}|(Rs|kr|Fr)[.]?|R|zł|Kč|Ft)" -%}
    {%- set blank = '[   ]*' -%}
    {%- set minus = '[+−-]?' -%}
    case
        when regexp_full_match({{ expression }}, '-?[0-9.,]*') then {{ expression }}
        when regexp_full_match(trim({{ expression }}), {{ sql_text('[(]?' ~ blank ~ minus ~ blank ~ mark ~ '?' ~ blank ~ minus ~ blank ~ "[0-9.,][0-9.,'’   ]*" ~ mark ~ '?' ~ blank ~ minus ~ '[)]?') }})
            then concat(
                case when regexp_matches({{ expression }}, '[(−-]') then '-' end,
                trim(regexp_replace(regexp_replace({{ expression }}, '(Rs|kr|Fr)[.]', '', 'g'), {{ sql_text("[^0-9.,'’   ]") }}, '', 'g'), {{ sql_text('   ') }})
            )
        else {{ expression }}
    end
{%- endmacro %}


{#- Branches of a case expression: the rule that a value breaks. Order matters, the first one counts. -#}
{% macro fault_branches(column) -%}
    {%- set clean = column.name ~ '__clean' -%}
    {%- set typed = column.name ~ '__typed' -%}
    {%- if column.required %}
            when {{ clean }} is null then 'missing'
            when {{ is_listed(clean, identifier_marks()) }} then 'identifier'
    {%- endif %}
    {%- if column.type == 'id' %}
            when {{ is_summary_word(clean) }} then 'summary_row'
            when {{ is_rounded_number(clean) }} then 'rounded_number'
    {%- endif %}
    {%- if column.type in ('number', 'integer') %}
            when {{ column.name }}__is_ambiguous then 'ambiguous'
    {%- elif column.type in ('text', 'id') %}
            when length({{ clean }}) > {{ maximum_text_length() }} then 'too_long'
    {%- endif %}
            when {{ clean }} is not null and {{ typed }} is null then 'unreadable'
    {%- if 'minimum' in column %}
            when {{ typed }} < {{ limit(column, 'minimum') }} or {{ typed }} > {{ limit(column, 'maximum') }} then 'out_of_range'
    {%- endif %}
{%- endmacro %}


{#- Whether an identifier is a word that stands before the totals or averages below a table. -#}
{% macro is_summary_word(text) -%}
    {%- set words = [
        'total', 'totals', 'grand total', 'grand totals', 'sub total', 'sub-total', 'subtotal', 'overall total', 'total result',
        'sum', 'average', 'averages', 'grand average', 'avg', 'mean', 'median',
        'gesamt', 'gesamtergebnis', 'gesamtsumme', 'summe', 'durchschnitt', 'mittelwert', 'somme', 'moyenne',
        'total g\u00e9n\u00e9ral', 'total general', 'suma', 'promedio', 'totale', 'media', 'totaal', 'gemiddelde'
    ] -%}
    {{ is_listed("lower(trim(trailing ' :' from " ~ text ~ '))', words) }}
{%- endmacro %}


{#- Whether an identifier is a number that lost its last digits, as a spreadsheet writes it: 2.70319E+15. -#}
{% macro is_rounded_number(text) -%}
    {{ matches(text, '^[0-9]([.,][0-9]+)?[eE][+][0-9]{2,3}$') }}
{%- endmacro %}


{% macro maximum_text_length() %}
    {{ return(1000) }}
{% endmacro %}


{#- The end of a column's range. Today ends last in the west, so a time may be one of tomorrow in the east. -#}
{% macro limit(column, end) -%}
    {%- if column[end] == 'today' -%} cast(current_date + 2 as timestamp)
    {%- elif column.type in ('month', 'time') -%} cast('{{ column[end] }}' as {{ 'date' if column.type == 'month' else 'timestamp' }}) {%- else -%} {{ column[end] }} {%- endif -%}
{%- endmacro %}


{% macro is_clearable(column) %}
    {{ return(column.get('invalid') == 'clear') }}
{% endmacro %}


{#- The rules that changed a value, in commas; null where it stands as it came. -#}
{% macro repairs_expression(column) -%}
    {%- set raw = column.name ~ '__raw' -%}
    {%- set text = column.name ~ '__text' -%}
    {%- set clean = column.name ~ '__clean' -%}
    {%- set typed = column.name ~ '__typed' -%}
    {%- set fault = column.name ~ '__fault' -%}
    nullif(concat_ws(',',
            case when {{ raw }} <> {{ text }} then case when {{ raw }} like '%="%' and {{ text }} not like '%="%' then 'mark_removed' else 'blanks_trimmed' end end,
            case when {{ is_placeholder(column) }} then 'placeholder_cleared' end
            {%- if not column.required %},
            case when {{ is_listed(text, identifier_marks()) }} then 'identifier_cleared' end
            {%- endif %}
            {%- if column.get('strip') %},
            case when {{ text }} <> trim(both {{ sql_text(column.strip) }} from {{ text }}) then 'mark_removed' end
            {%- endif %}
            {%- if column.type in ('number', 'integer') %},
            {{ number_repairs(column) }}
            {%- endif %}
            {%- if column.get('unify') %},
            case when {{ text }} <> {{ clean }} then 'spelling_unified' end
            {%- endif %}
            {%- if column.get('accepted') %},
            case when {{ clean }} <> {{ typed }} then 'spelling_unified' end
            {%- endif %}
            {%- if is_clearable(column) %},
            case when {{ fault }} is not null then concat({{ fault }}, '_cleared') end
            {%- endif %}
        ), '')
{%- endmacro %}


{#- Columns fault_column, fault_value, fault_rule, fault_reason: the first thing a row is rejected for. -#}
{% macro first_fault(contract) -%}
    {%- for part in ['column', 'value', 'rule', 'reason'] -%}
        case
            when source_fault is not null then {{ {'column': "'(row)'", 'value': 'cast(null as ' ~ dbt.type_string() ~ ')', 'rule': "'row_shape'", 'reason': 'source_fault'}[part] }}
            {%- for column in contract if not is_clearable(column) %}
            when {{ column.name }}__fault is not null then {{ fault_part(column, part) }}
            {%- endfor %}
        end as fault_{{ part }}{{ ',' if not loop.last }}
        {% endfor -%}
{%- endmacro %}


{% macro fault_part(column, part) -%}
    {%- set raw = column.name ~ '__raw' -%}
    {%- if part == 'column' -%}
        {{ sql_text(column.name) }}
    {%- elif part == 'value' -%}
        {{ raw }}
    {%- elif part == 'rule' -%}
        {{ column.name }}__fault
    {%- else -%}
        {%- set kinds = {'number': 'a number', 'integer': 'a whole number', 'month': 'a month name, YYYY-MM or a date that begins with its year', 'time': 'a date that can be read in one way; of 01/02/2023 the variable date_order tells', 'duration_months': 'a duration such as 22 Years and 9 Months'} -%}
        {%- set wanted = 'one of ' ~ column.accepted | join(', ') if column.get('accepted') else kinds.get(column.type, 'a text') -%}
        case {{ column.name }}__fault
            when 'missing' then concat('is ', case when {{ column.name }}__text = '' then 'empty' else 'a word for a missing value' end, ', but every row needs it')
            when 'identifier' then concat('looks like ', trim({{ raw }}, '[] '), ', which is never loaded')
            when 'unreadable' then {{ sql_text('is not ' ~ wanted) }}
            {%- if column.type in ('number', 'integer') %}
            when 'ambiguous' then 'may have a thousands separator or a decimal mark, and its column does not tell; set the variable decimal_mark'
            {%- elif column.type in ('text', 'id') %}
            when 'summary_row' then 'belongs to a line of totals or averages, which is no row of its own'
            when 'rounded_number' then 'is a long number that a spreadsheet or a program rounded, so several may have become one; export the column as text'
            when 'too_long' then 'is longer than {{ maximum_text_length() }} characters'
            {%- endif %}
            {%- if 'minimum' in column %}
            when 'out_of_range' then {{ sql_text('is outside ' ~ column.minimum ~ ' to ' ~ column.maximum) }}
            {%- endif %}
        end
    {%- endif -%}
{%- endmacro %}
