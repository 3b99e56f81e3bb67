{#- What cannot be told of card relationships, in sentences; a post-hook, so that nothing is made of them. -#}
{% macro raise_unclear_relationships(accounts, contacts) %}
    {% if execute and flags.WHICH in ('build', 'run') and not flags.EMPTY %}
        {% do raise_problems(nobodys_relationships(accounts) or limits_in_currencies(accounts) + nobodys_contacts(contacts)) %}
    {% endif %}
{% endmacro %}


{#- Without an open credit account nobody has a relationship. -#}
{% macro nobodys_relationships(accounts) %}
    {% set row = run_query(
        "select count(*), count(case when account_kind = 'credit' then 1 end), count(case when account_kind = 'credit' and is_open then 1 end) from " ~ accounts
    ).rows[0] %}
    {% if row[0] > 0 and row[1] == 0 %}
        {{ return(["No account of the input 'card_accounts' is a credit account, so there are no card relationships. Say which column holds their kind in column_names.card_accounts.kind and what its words mean in seeds/reference/event_words.csv, or add the input card_statements: of accounts without a kind those with statements are credit accounts."]) }}
    {% elif row[0] > 0 and row[2] == 0 %}
        {{ return(["No credit account of the input 'card_accounts' is open " ~ ("on " ~ var('as_of_date') ~ ", the day that the variable as_of_date names" if var('as_of_date') else "at the time of the latest contact") ~ ", so there are no card relationships. Compare the columns opened and closed with it."]) }}
    {% endif %}
    {{ return([]) }}
{% endmacro %}


{#- Limits of two currencies have no mean. -#}
{% macro limits_in_currencies(accounts) %}
    {% set found = run_query(
        "select currency, count(*) from " ~ accounts ~ " where account_kind = 'credit' and is_open and credit_limit_amount is not null and currency is not null"
        ~ " group by currency order by count(*) desc, currency"
    ).rows %}
    {% if found | length > 1 and not var('currency') %}
        {{ return(["The limits of the credit accounts in the input 'card_accounts' are in " ~ counted_in_words(found) ~ ". Amounts of two currencies are never added: set the variable currency to the one to build from, such as " ~ found[0][0] ~ "; accounts in the others then count without a limit."]) }}
    {% endif %}
    {{ return([]) }}
{% endmacro %}


{#- Contacts of which none counts are a slip and no finding. -#}
{% macro nobodys_contacts(contacts) %}
    {% set counts = {} %}
    {% for row in run_query("select treatment, count(*) from " ~ contacts ~ " group by treatment").rows %}
        {% do counts.update({row[0]: row[1]}) %}
    {% endfor %}
    {% if not counts or counts.counted %}
        {{ return([]) }}
    {% elif counts.without_account %}
        {{ return(["No contact of the input 'service_contacts' is of a customer with an open credit account in 'card_accounts'. Compare how customer_id is written in both."]) }}
    {% endif %}
    {{ return(["No contact of the input 'service_contacts' is in the " ~ var('contact_period_months') ~ " months up to " ~ var('as_of_date') ~ ", of which card relationships are made. Correct the variable as_of_date or contact_period_months."]) }}
{% endmacro %}
