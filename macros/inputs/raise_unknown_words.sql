{#-
    Ends the build where a larger share of an input's rows has words of no known meaning than may be rejected. The channel
    of a transaction only describes.
-#}
{% macro raise_unknown_words(words) %}
    {% if execute and flags.WHICH in ('build', 'run') and not flags.EMPTY %}
        {% set inputs = {'card_transactions': 'transactions', 'card_accounts': 'accounts', 'service_contacts': 'contacts'} %}
        {% for input_name, rows in inputs.items() if input_name in given_inputs() %}
            {% set total = query_value("count(*) from " ~ relation_of(staged_model(input_name))) | int %}
            {% set found = run_query(
                "select column_name, word, sum(word_rows) as word_rows, sum(sum(word_rows)) over (partition by column_name) as column_rows from " ~ words
                ~ " where input_name = '" ~ input_name ~ "' and column_name in ('transaction_type', 'direction', 'status', 'kind'" ~ (", 'channel'" if input_name == 'service_contacts') ~ ") group by column_name, word order by column_rows desc, word_rows desc, word"
            ).rows %}
            {% if found and found[0][3] > var('maximum_reject_share') * total %}
                {% do raise_error(
                    "Of " ~ '{:,}'.format(total) ~ " " ~ rows ~ ", " ~ '{:,}'.format(found[0][3] | int) ~ " have a " ~ found[0][0] ~ " that seeds/reference/" ~ ('transaction_types' if found[0][0] == 'transaction_type' else 'event_words')
                    ~ ".csv does not know, more than maximum_reject_share allows. Most often it is '" ~ found[0][1] ~ "', " ~ '{:,}'.format(found[0][2] | int) ~ " times. Write it there with what it means, and build again."
                ) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}
