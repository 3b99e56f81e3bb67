{#-
    The limits of a share's 95 % interval (Wilson 1927). Unlike the share plus or minus two standard
    errors it never leaves 0 to 1 and holds for small groups and shares near 0 or 1. Null where the
    group is empty.
-#}
{% macro wilson_lower(successes, total) -%}
    {{ return(wilson_limit(successes, total, '-')) }}
{%- endmacro %}


{% macro wilson_upper(successes, total) -%}
    {{ return(wilson_limit(successes, total, '+')) }}
{%- endmacro %}


{#- One of the limits. Rounding could put it a hair past the share, or past 0 or 1. -#}
{% macro wilson_limit(successes, total, sign) -%}
    {%- set z = normal_quantile_975() -%}
    {%- set share = 'cast(' ~ successes ~ ' as double) / nullif(' ~ total ~ ', 0)' -%}
    case when {{ total }} > 0 and {{ successes }} is not null then {{ 'greatest(0.0, least(' if sign == '-' else 'least(1.0, greatest(' }}{{ share }}, (
        {{ share }} + {{ z * z / 2 }} / nullif({{ total }}, 0)
        {{ sign }} {{ z }} * sqrt(
            ({{ share }} * (1 - {{ share }}) + {{ z * z / 4 }} / nullif({{ total }}, 0)) / nullif({{ total }}, 0)
        )
    ) / (1 + {{ z * z }} / nullif({{ total }}, 0)))) end
{%- endmacro %}
