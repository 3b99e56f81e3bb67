{#-
    Ends the build before the marts when own names of payment types or categories would read as though nobody used
    them. A post-hook of the staged spends.
-#}
{% macro raise_unmatched_words(usable_rows, benefits) %}
    {% if execute and flags.WHICH in ('build', 'run') and not flags.EMPTY %}
        {#- A part of the project can be built before its seeds. -#}
        {% set is_loaded = benefits and load_relation(benefits) %}
        {% do raise_problems(unmatched_words(usable_rows, benefits if is_loaded else none)) %}
    {% endif %}
{% endmacro %}


{#-
    The sentences of spends in which no value is one that the configuration names, each with the values found. A
    single word without a match is no fault: not every bank has every payment type or category. `benefits` is the
    relation of the seed card_benefits, or none where it is not loaded.
-#}
{% macro unmatched_words(usable_rows, benefits=none) %}
    {% set checks = [{
        'column': 'payment_type', 'words': var('credit_card_payment_types'), 'place': 'the variable credit_card_payment_types',
        'remedy': 'Set credit_card_payment_types to those of them that are credit cards, or to [] if none is.'
    }] %}
    {% if has_inputs('customers') %}
        {% do checks.append({
            'column': 'payment_type', 'words': var('payment_type_shares').values() | list, 'place': 'the variable payment_type_shares',
            'remedy': 'Set payment_type_shares to payment types that were found.'
        }) %}
    {% endif %}
    {% for column, bases in {'payment_type': ['payment_type'], 'category': ['category', 'category_on_credit_card']}.items() if benefits %}
        {% do checks.append({
            'column': column, 'place': 'seeds/reference/card_benefits.csv',
            'words': run_query("select distinct basis_value from " ~ benefits ~ " where basis in (" ~ sql_list(bases) ~ ") order by 1").columns[0].values(),
            'remedy': 'Write what was found into its column basis_value.'
        }) %}
    {% endfor %}

    {% set problems = [] %}
    {% for check in checks if check.words %}
        {% set usable = " from " ~ usable_rows %}
        {% if not run_query("select 1" ~ usable ~ " where " ~ is_one_of(check.column, check.words) ~ " limit 1").rows %}
            {% set found = run_query("select " ~ check.column ~ usable ~ " group by 1 order by count(*) desc, 1 limit 21").columns[0].values() %}
            {% if found %}
                {% do problems.append(
                    "No " ~ check.column ~ " of the input 'spends' is one that " ~ check.place ~ " names (" ~ check.words | join(', ')
                    ~ "), so all figures on them would be 0 or missing. Found are " ~ found[:20] | join(', ') ~ (' and more' if found | length > 20 else '') ~ ". " ~ check.remedy
                ) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {{ return(problems) }}
{% endmacro %}
