{#- Amounts are doubles, so equal sums may differ in their last digits: half of a hundredth of a unit is allowed. -#}
{% set tolerance = 0.005 %}
with

spends as (

    select * from {{ ref('int_spend_cells_summed') }}

),

expected as (

    select
        coalesce({{ exact_sum('spend_amount') }}, 0) as expected_spend_amount,
        coalesce(
            {{ exact_sum('case when ' ~ is_credit_card('payment_type') ~ ' then spend_amount else 0 end') }}, 0
        ) as expected_card_amount,
        (select count(*) from {{ ref('stg_customers__customers') }}) as expected_customers
    from spends

),

dimension_sets as (

    select count(distinct dimension_set) as dimension_sets from {{ ref('int_demographic_combinations_summed') }}

),

sums as (

    select
        'int_demographic_combinations_summed' as model_name,
        dimension_set as breakdown,
        sum(customers) as customers,
        {{ exact_sum('spend_amount') }} as spend_amount,
        {{ exact_sum('credit_card_spend_amount') }} as card_amount
    from {{ ref('int_demographic_combinations_summed') }}
    group by dimension_set
    union all
    select
        'int_audience_spends_summed' as model_name,
        group_type as breakdown,
        null as customers,
        {{ exact_sum('spend_amount') }} as spend_amount,
        {{ exact_sum('case when ' ~ is_credit_card('payment_type') ~ ' then spend_amount else 0 end') }} as card_amount
    from {{ ref('int_audience_spends_summed') }}
    group by group_type
    union all
    select
        'int_audiences_counted' as model_name,
        group_type as breakdown,
        sum(customers) as customers,
        null as spend_amount,
        null as card_amount
    from {{ ref('int_audiences_counted') }}
    group by group_type

)

select
    sums.*,
    expected.*
from sums
cross join expected
where
    coalesce(sums.customers, expected.expected_customers) <> expected.expected_customers
    or abs(sums.spend_amount - expected.expected_spend_amount) > {{ tolerance }}
    or abs(sums.card_amount - expected.expected_card_amount) > {{ tolerance }}
    or (sums.spend_amount is null and sums.model_name <> 'int_audiences_counted')
union all
/* everyone, five single attributes, ten pairs and all five: a missing set would reconcile with nothing */
select
    'int_demographic_combinations_summed' as model_name,
    'number of dimension sets' as breakdown,
    dimension_sets.dimension_sets as customers,
    null as spend_amount,
    null as card_amount,
    expected.*
from dimension_sets
cross join expected
where
    expected.expected_customers > 0
    and dimension_sets.dimension_sets <> 17
