{#-
    Whether a customer with group_text or group_number is in a group as claims write it: a value, whatever its case,
    blanks and underscores, several with `;` between them, or for a number a range such as 20-50, 51- or -19, both ends included.
-#}
{% macro is_in_claim_group(group) -%}
    coalesce(
        {{ dbt.position("';' || " ~ spelling_key('group_text') ~ " || ';'", "';' || " ~ spelling_key(group) ~ " || ';'") }} > 0
        or (
            group_number >= coalesce(try_cast({{ dbt.split_part(group, "'-'", 1) }} as double), group_number)
            and group_number <= coalesce(try_cast({{ dbt.split_part(group, "'-'", 2) }} as double), group_number)
            and {{ group }} is not null
            and {{ group }} <> 'rest'
        ),
        false
    )
{%- endmacro %}
