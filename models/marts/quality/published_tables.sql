-- One row per table this project can publish: how many rows it has, or why it is absent.
{#- The publication also waits for what no public table reads, so that a failing test on it stops it. -#}
-- depends_on: {{ ref('metricflow_time_spine') }}, {{ ref('segment_treatments') }}, {{ ref('value_rates') }}
-- depends_on: {{ ref('behaviour_classes') }}, {{ ref('behaviour_thresholds') }}
{% if has_inputs('customers') %}
-- depends_on: {{ ref('int_customers_by_attribute') }}
{% endif %}
{% if has_inputs('customers', 'spends') %}
-- depends_on: {{ ref('int_spending__features') }}, {{ ref('int_spending__attributes') }}
{% endif %}
{% if has_inputs('credit_profiles') %}
-- depends_on: {{ ref('int_repayment__features') }}, {{ ref('int_repayment__attributes') }}
{% endif %}
with

published_tables as (

    {% for name, inputs in published_tables().items() %}
    select
        '{{ name }}' as table_name,
        {{ sql_text(published_description(name)) if execute else "''" }} as description,
        {%- if has_inputs(*inputs) %}
        {{ sql_text(published_table_kind(name)) if execute else "''" }} as table_kind,
        'published' as status,
        cast(null as {{ dbt.type_string() }}) as absent_because,
        (select count(*) from {{ ref(name) }}) as table_rows
        {%- else %}
        cast(null as {{ dbt.type_string() }}) as table_kind,
        'absent' as status,
        'needs the input {{ missing_inputs(inputs) | join(" and ") }}' as absent_because,
        cast(0 as bigint) as table_rows
        {%- endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from published_tables
