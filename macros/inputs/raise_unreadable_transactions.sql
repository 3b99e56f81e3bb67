{#- Ends the build before anything is added up of transactions that cannot be read in one way. A post-hook of them. -#}
{% macro raise_unreadable_transactions(transactions) %}
    {% if execute and flags.WHICH in ('build', 'run') and not flags.EMPTY %}
        {% do raise_problems(unclear_signs(transactions) + billed_currencies(transactions) + nobodys_events(transactions)) %}
    {% endif %}
{% endmacro %}


{#- Where amounts alone say what is a purchase, far more than half of them have to have the same sign. -#}
{% macro unclear_signs(transactions) %}
    {% set row = run_query(
        "select count(*), count(*) filter (where outflow_amount < 0) from " ~ transactions
        ~ " where transaction_type = 'purchase' and not has_direction and outflow_amount <> 0"
    ).rows[0] %}
    {% if var('amount_sign') == 'auto' and row[1] > 0.3 * row[0] %}
        {{ return([
            "Of " ~ '{:,}'.format(row[0] | int) ~ " amounts of purchases in the input 'card_transactions', " ~ '{:,}'.format(row[1] | int)
            ~ " have another sign than most, so which of them are refunds cannot be told. Set the variable amount_sign to spend_positive or spend_negative, or name a column that says it in column_names.card_transactions (transaction_type or direction)."
        ]) }}
    {% endif %}
    {{ return([]) }}
{% endmacro %}


{#- Rows of a word and how often it stands, as EUR (12,000), USD (3). -#}
{% macro counted_in_words(rows) %}
    {% set said = [] %}
    {% for row in rows[:10] %}
        {% do said.append(row[0] ~ ' (' ~ '{:,}'.format(row[1] | int) ~ ')') %}
    {% endfor %}
    {{ return(said | join(', ')) }}
{% endmacro %}


{#- Amounts of two currencies are never added: of transactions, or of statements. -#}
{% macro billed_currencies(events, kind='transactions', condition="transaction_state <> 'declined'", counted_in='transaction_reconciliation') %}
    {% set found = run_query(
        "select currency, count(*) from " ~ events ~ " where " ~ condition ~ " and currency is not null"
        ~ (" and currency = " ~ sql_text(var('currency')) if var('currency') else '') ~ " group by currency order by count(*) desc, currency"
    ).rows %}
    {% if found | length > 1 %}
        {{ return(["The " ~ kind ~ " of the input 'card_" ~ kind ~ "' are billed in " ~ counted_in_words(found) ~ ". Amounts of two currencies are never added: set the variable currency to the one to build from, such as " ~ found[0][0] ~ "; the others are then counted in " ~ counted_in ~ " only."]) }}
    {% elif var('currency') and not found and run_query("select 1 from " ~ events ~ " where currency is not null limit 1").rows %}
        {{ return(["No " ~ kind[:-1] ~ " of the input 'card_" ~ kind ~ "' is billed in " ~ var('currency') ~ ", which the variable currency names. Correct it, or set it to null."]) }}
    {% endif %}
    {{ return([]) }}
{% endmacro %}


{#- Without customers there is nobody to tell anything of: of transactions, or of statements. -#}
{% macro nobodys_events(events, kind='transactions') %}
    {% set row = run_query("select count(*), count(customer_id) from " ~ events).rows[0] %}
    {% if row[0] > 0 and row[1] == 0 %}
        {{ return(["No " ~ kind[:-1] ~ " of the input 'card_" ~ kind ~ "' names a customer" ~ (", and no account of theirs is in 'card_accounts'. Compare how account_id is written in both" if has_inputs('card_accounts') else ". Add the column customer_id, or the input card_accounts, which says whose an account is") ~ "."]) }}
    {% endif %}
    {{ return([]) }}
{% endmacro %}


{#- As of transactions; a post-hook of statements. -#}
{% macro raise_unreadable_statements(statements) %}
    {% if execute and flags.WHICH in ('build', 'run') and not flags.EMPTY %}
        {% do raise_problems(
            billed_currencies(statements, 'statements', "treatment not in ('later', 'other_kind') and currency <> 'not known'", 'input_quality')
            + nobodys_events(statements, 'statements')
        ) %}
    {% endif %}
{% endmacro %}


{#-
    Cards that seem not to be used because no account is known to be a credit account, and purchases in one currency
    beside balances in another. A post-hook of card usage.
-#}
{% macro raise_unclear_usage(transactions, statements) %}
    {% if execute and flags.WHICH in ('build', 'run') and not flags.EMPTY %}
        {% set row = run_query("select count(*), count(case when account_kind = 'credit' then 1 end) from " ~ transactions ~ " where treatment = 'purchase'").rows[0] %}
        {% if row[0] > 0 and row[1] == 0 %}
            {% do raise_error("No purchase of the input 'card_transactions' is of a credit account, so all cards would seem not to be used. Compare how account_id is written there and in 'card_statements'" ~ (", and the words for kind in 'card_accounts' with seeds/reference/event_words.csv." if has_inputs('card_accounts') else ", or add the input card_accounts, which says of what kind an account is.")) %}
        {% endif %}
        {% set found = [] %}
        {% for events, condition in [(transactions, "account_kind = 'credit' and treatment in ('purchase', 'refund', 'cash_advance')"), (statements, "treatment = 'counted'")] %}
            {% do found.extend(run_query("select distinct currency from " ~ events ~ " where currency <> 'not known' and " ~ condition ~ " order by currency").columns[0].values()) %}
        {% endfor %}
        {% if found | unique | list | length > 1 %}
            {% do raise_error("The credit cards' transactions in the input 'card_transactions' are billed in " ~ found[0] ~ ", and their statements in 'card_statements' in " ~ found[-1] ~ ". Amounts of two currencies are never put side by side: set the variable currency to the one to build from.") %}
        {% endif %}
    {% endif %}
{% endmacro %}
