with

combinations as (

    select
        dimension_set,
        group_label,
        attribute_count,
        is_suppressed
    from {{ ref('int_demographic_combinations_suppressed') }}

),

expected as (

    select
        'customer_demographics' as model_name,
        dimension_set,
        group_label,
        is_suppressed
    from combinations
    where
        attribute_count <= 1
        or not is_suppressed
    union all
    select
        'key_customer_segments' as model_name,
        dimension_set,
        group_label,
        is_suppressed
    from combinations
    where
        attribute_count = 1
        or (attribute_count > 1 and not is_suppressed)

),

published as (

    select
        'customer_demographics' as model_name,
        dimension_set,
        group_label,
        is_suppressed
    from {{ ref('customer_demographics') }}
    union all
    select
        'key_customer_segments' as model_name,
        dimension_set,
        group_label,
        is_suppressed
    from {{ ref('key_customer_segments') }}

)

select
    coalesce(expected.model_name, published.model_name) as model_name,
    coalesce(expected.group_label, published.group_label) as group_label,
    expected.is_suppressed as is_suppressed_expected,
    published.is_suppressed
from expected
full outer join published
    on
        expected.model_name = published.model_name
        and expected.dimension_set = published.dimension_set
        and expected.group_label = published.group_label
where expected.is_suppressed is distinct from published.is_suppressed
