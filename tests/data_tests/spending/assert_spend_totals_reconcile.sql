{#- Amounts are doubles, so equal sums may differ in their last digits: half of a hundredth of a unit is allowed. -#}
{% set tolerance = 0.005 %}
with

total as (

    select {{ exact_sum('spend_amount') }} as spend_amount from {{ ref('int_spends') }}

),

{% for model in ['int_spend_cells_summed', 'int_customer_months_summed', 'customer_income_utilisation'] -%}
{{ model }}_sums as (

    select
        '{{ model }}' as model_name,
        'all' as attribute,
        false as is_partly_suppressed,
        {{ exact_sum('spend_amount') }} as spend_amount
    from {{ ref(model) }}

),

{% endfor -%}

unsuppressed as (

    select
        'int_spends_by_attribute' as model_name,
        attribute,
        false as is_partly_suppressed,
        {{ exact_sum('spend_amount') }} as spend_amount
    from {{ ref('int_spends_by_attribute') }}
    where spend_month is null
    group by attribute

),

{% for report in ['monthly_spend', 'spend_by_demographic'] -%}
{{ report }}_sums as (

    select
        '{{ report }}' as model_name,
        attribute,
        count(*) filter (where is_suppressed) > 0 as is_partly_suppressed,
        {{ exact_sum('spend_amount') }} as spend_amount
    from {{ ref(report) }}
    group by attribute

),

{% endfor -%}
sums as (

    select * from int_spend_cells_summed_sums
    union all
    select * from int_customer_months_summed_sums
    union all
    select * from customer_income_utilisation_sums
    union all
    select * from unsuppressed
    union all
    select * from monthly_spend_sums
    union all
    select * from spend_by_demographic_sums

)

select
    sums.model_name,
    sums.attribute,
    sums.spend_amount,
    total.spend_amount as expected_spend_amount
from sums
cross join total
where
    /* suppressed cells can only lower a sum */
    sums.spend_amount > total.spend_amount + {{ tolerance }}
    or (
        not sums.is_partly_suppressed
        and not coalesce(abs(sums.spend_amount - total.spend_amount) <= {{ tolerance }}, false)
    )
