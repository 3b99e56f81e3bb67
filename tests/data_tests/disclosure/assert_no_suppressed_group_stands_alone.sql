{#- model -> the inputs it needs, and the columns whose values those groups share that add up to everyone -#}
{% set reports = {
    'service_demand': [['card_relationships'], 'group_type, channel'],
    'staffing_plan': [['card_relationships'], 'group_type, channel, handling_estimate'],
    'digital_migration_targets': [['card_relationships'], 'group_type, channel'],
    'segment_product_tiers': [['card_relationships'], 'group_type'],
    'segment_value': [['card_usage'], 'segment_key is null'],
    'repayment_behaviour': [['credit_profiles'], 'group_type'],
} %}
with

lines as (

    {% for report, settings in reports.items() if not missing_inputs(settings[0]) %}
    select
        '{{ report }}' as model_name,
        count(*) as groups,
        count(case when is_suppressed then 1 end) as suppressed_groups,
        sum(case when is_suppressed then customers else 0 end) as suppressed_customers
    from {{ ref(report) }}
    group by {{ settings[1] }}
    union all
    {% endfor %}
    select
        'none' as model_name,
        0 as groups,
        0 as suppressed_groups,
        0 as suppressed_customers

)

select * from lines
where
    suppressed_groups > 0
    and groups > suppressed_groups
    and (suppressed_groups = 1 or suppressed_customers < {{ var('minimum_cell_size') }})
