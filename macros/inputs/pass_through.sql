{#-
    Columns that the contract does not know and the variable `pass_through` asks for: they are loaded as
    text in columns attribute_1, attribute_2 and so on, and published beside the segment members.
-#}
{% macro passed_columns(input_name) %}
    {% set columns = [] %}
    {% for attribute in (var('pass_through') or {}).get(input_name) or [] %}
        {% do columns.append({'name': 'attribute_' ~ loop.index, 'attribute': attribute, 'type': 'id', 'required': false}) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}


{#- Why attributes cannot be passed through: they name a person, or their input has several rows a customer. -#}
{% macro pass_through_problems(input_name) %}
    {% set problems = [] %}
    {% set unique_key = input_node(input_name).config.meta.unique_key %}
    {% for column in passed_columns(input_name) %}
        {% if identifying_words(column.attribute) %}
            {% do problems.append("The variable pass_through." ~ input_name ~ " names '" ~ column.attribute ~ "', which looks like an identifier of a person and is never loaded. Take it out.") %}
        {% elif input_name in raw_inputs() or unique_key | reject('equalto', 'month') | list | length > 1 %}
            {% do problems.append("The variable pass_through names the input '" ~ input_name ~ "', which has many rows for a customer, so '" ~ column.attribute ~ "' could have many values. Put it into another input.") %}
        {% endif %}
    {% endfor %}
    {{ return(problems) }}
{% endmacro %}


{#-
    Columns that would be published with hardly a value, because their values identify persons; in sentences. In
    `marked_rows` they are marks; they are all rows or some.
-#}
{% macro passed_identifiers(input_name, relation, marked_rows) %}
    {% set problems = [] %}
    {% for column in passed_columns(input_name) %}
        {% set found = run_query(
            "select mode(" ~ column.name ~ ") from " ~ marked_rows ~ " where " ~ column.name ~ " in (" ~ sql_list(identifier_marks()) ~ ") "
            ~ "having count(*) > 0.5 * (select count(*) from " ~ relation ~ " where " ~ column.name ~ " <> '')"
        ) %}
        {% for row in found.rows %}
            {% do problems.append("The variable pass_through." ~ input_name ~ " names '" ~ column.attribute ~ "', but most of its values look like identifiers of persons (" ~ row[0] | replace('[', '') | replace(']', '') ~ "), which are never loaded. Take it out, or " ~ trust_sentence(input_name, column.attribute)) %}
        {% endfor %}
    {% endfor %}
    {{ return(problems) }}
{% endmacro %}


{#- Those words of a column's name that say that it identifies a person. -#}
{% macro identifying_words(name) %}
    {% set identifiers = ['name', 'names', 'surname', 'forename', 'firstname', 'lastname', 'fullname', 'ssn', 'social', 'passport', 'aadhaar', 'nin', 'nino', 'cpf', 'curp', 'bsn', 'pesel', 'nric', 'dni', 'phone', 'telephone', 'mobile', 'email', 'mail', 'address', 'street', 'iban', 'pan', 'cardnumber', 'accountnumber', 'birthdate', 'dob'] %}
    {% set words = (name | lower | replace('-', ' ') | replace('_', ' ') | replace('.', ' ')).split() %}
    {{ return((words + [words | join]) | select('in', identifiers) | list) }}
{% endmacro %}


{#- The active segmentations' inputs with attributes: segmentation, staged rows with their key and month, columns. -#}
{% macro passed_attributes() %}
    {% set keys = {'card_relationships': 'card_relationship_id', 'card_usage': 'cardholder_id'} %}
    {% set found = [] %}
    {% for segmentation in active_segmentations() %}
        {% for input_name in var('segmentations')[segmentation] if input_name in given_inputs() and passed_columns(input_name) %}
            {% do found.append({
                'segmentation': segmentation,
                'input_name': input_name,
                'relation': ref(staged_model(input_name)),
                'key': keys.get(input_name, 'customer_id'),
                'month': 'profile_month' if input_name == 'credit_profiles',
                'columns': passed_columns(input_name)
            }) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
