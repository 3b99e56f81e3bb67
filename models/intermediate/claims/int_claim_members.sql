-- One row per claim, customer and group that the claim compares: the customer's outcome.
{% set populations = active_claim_populations() %}
with

claims as (

    select * from {{ ref('claims') }}

),

{% for name, population in populations.items() %}
{{ name }}_outcomes as (

    select
        claims.claim_key,
        members.customer_id,
        {{ claim_group_column(population, 'text', dbt.type_string()) }} as group_text,
        {{ claim_group_column(population, 'number', 'double') }} as group_number,
        case claims.metric
            {% for metric, details in population.metrics.items() %}
            when '{{ metric }}' then cast({{ details.sql }} as double)
            {% endfor %}
        end as outcome
    from {{ ref(population.model) }} as members
    cross join claims
    where
        claims.population = '{{ name }}'
        {{ 'and ' ~ population.filter if population.filter }}

),

{% endfor %}
outcomes as (

    {% for name in populations %}
    select * from {{ name }}_outcomes
    {{ 'union all' if not loop.last }}
    {%- else %}
    {{ empty_relation({
        'claim_key': dbt.type_string(), 'customer_id': dbt.type_string(), 'group_text': dbt.type_string(),
        'group_number': 'double', 'outcome': 'double',
    }) }}
    {%- endfor %}

),

placed as (

    select
        outcomes.*,
        claims.test,
        claims.group_by,
        claims.group_a,
        claims.group_b,
        {{ is_in_claim_group('claims.group_a') }} as is_in_a,
        {{ is_in_claim_group('claims.group_b') }} as is_in_b
    from outcomes
    inner join claims
        on outcomes.claim_key = claims.claim_key
    where
        outcomes.outcome is not null
        /* who has no value of the column belongs to no group */
        and (claims.group_by is null or outcomes.group_text is not null or outcomes.group_number is not null)

),

/* a customer of group a is never one of the rest */
sided as (

    select
        *,
        case
            when group_by is null or test = 'spearman' or is_in_a then 'a'
            when group_b = 'rest' or is_in_b then 'b'
            when group_a is null then 'each'
        end as group_side
    from placed

),

members as (

    select
        claim_key,
        customer_id,
        group_side,
        case
            when group_by is null or test = 'spearman' then 'all'
            when group_side = 'a' then group_a
            when group_side = 'b' and test not in ('largest_group', 'largest_part') then group_b
            else coalesce(group_text, cast(group_number as {{ dbt.type_string() }}))
        end as group_value,
        group_number,
        outcome
    from sided
    where group_side is not null

)

select * from members
