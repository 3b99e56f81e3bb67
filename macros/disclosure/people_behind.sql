{#-
    Query for the people behind the rows of a public table, worked out again for the test rests_on_enough_people: the
    columns that tell a row, and customer_id.
-#}
{% macro people_behind(rows) %}
    {% if rows == 'combinations' %}
{{ people_in_combinations() }}
    {% elif rows == 'group' %}
        select attribute, attribute_value, customer_id
        from {{ ref('int_customers_by_attribute') }}
    {% elif rows == 'month' %}
        select people.attribute, people.attribute_value, spends.spend_month, spends.customer_id
        from {{ ref('stg_spends__spends') }} as spends
        inner join {{ ref('int_customers_by_attribute') }} as people
            on spends.customer_id = people.customer_id
        where spends.spend_amount > 0
    {% elif rows == 'audience' %}
        select attribute as group_type, attribute_value as group_key, customer_id
        from {{ ref('int_customers_by_attribute') }}
        union all
        select 'segment' as group_type, segment_key as group_key, customer_id
        from {{ ref('int_segment_scores') }}
        where segmentation = 'spending'
    {% elif rows == 'segment' %}
        select segmentation, segment_key, customer_id
        from {{ ref('int_segment_scores') }}
    {% elif rows == 'metric' %}
        select scores.segmentation, scores.segment_key, metrics.metric, scores.customer_id
        from {{ ref('int_segment_scores') }} as scores
        inner join {{ ref('int_segmentation_features') }} as features
            on scores.segmentation = features.segmentation and scores.customer_id = features.customer_id
        inner join {{ ref('int_segmentation_metrics') }} as metrics
            on scores.segmentation = metrics.segmentation
        where features.metric_values[metrics.metric_position] is not null
    {% elif rows == 'relationship_group' %}
        select group_type, group_key, customer_id
        from {{ ref('int_relationships_grouped') }}
    {% elif rows == 'behaviour_class' %}
        select
            case when groups.is_everyone = 0 then scores.segment_key end as segment_key,
            coalesce(shown.behaviour_class, 'all_other') as behaviour_class,
            behaviours.customer_id
        from {{ ref('cardholder_behaviour') }} as behaviours
        left join {{ ref('int_segment_scores') }} as scores
            on behaviours.customer_id = scores.customer_id and scores.segmentation = 'card_usage'
        cross join (select 0 as is_everyone union all select 1 as is_everyone) as groups
        left join {{ ref('behaviour_by_segment') }} as shown
            on behaviours.behaviour_class = shown.behaviour_class
            and case when groups.is_everyone = 0 then scores.segment_key end is not distinct from shown.segment_key
        where groups.is_everyone = 1 or scores.segment_key is not null
    {% elif rows == 'segment_value' %}
        select scores.segment_key, card_values.customer_id
        from {{ ref('cardholder_value') }} as card_values
        inner join {{ ref('int_segment_scores') }} as scores
            on card_values.customer_id = scores.customer_id and scores.segmentation = 'card_usage'
        where card_values.net_value_base_amount is not null
        union all
        select null as segment_key, customer_id
        from {{ ref('cardholder_value') }}
        where net_value_base_amount is not null
    {% elif rows == 'credit_group' %}
        select
            case when group_type = 'age_group_broad' then 'age_group' else group_type end as group_type,
            group_key,
            customer_id
        from {{ ref('int_credit_customers_by_group') }}
        where group_type <> 'age_group_fine'
    {% elif rows == 'age_group' %}
        select replace(groups.group_type, 'age_group_', '') as age_scheme, groups.group_key as age_group, groups.customer_id
        from {{ ref('int_credit_customers_by_group') }} as groups
        where groups.group_type like 'age_group_%'
    {% elif rows == 'occupation' %}
        select group_key as occupation, customer_id
        from {{ ref('int_credit_customers_by_group') }}
        where group_type = 'occupation'
    {% elif rows == 'segment_of_group' %}
        select
            counts.segmentation, counts.segment_key, counts.attribute, counts.attribute_value,
            concat_ws(' / ', counts.segment_key, numbers.number) as customer_id
        from {{ ref('int_segment_attribute_counts') }} as counts
        cross join lateral (select unnest(range(counts.customers)) as number) as numbers
    {% elif rows == 'claim' %}
        select claim_key, customer_id from {{ ref('int_claim_members') }}
    {% elif rows in ['monthly_spend', 'spend_by_demographic'] %}
        select
            people.attribute, people.attribute_value, spends.spend_month,
            coalesce(shown.category, 'All other') as category,
            coalesce(shown.payment_type, case when is_card_told.attribute is not null and spends.is_credit_card then is_card_told.payment_type else 'All other' end) as payment_type,
            spends.customer_id
        from {{ ref('stg_spends__spends') }} as spends
        inner join {{ ref('int_customers_by_attribute') }} as people
            on spends.customer_id = people.customer_id
        left join (
            select distinct attribute, payment_type from {{ ref(rows) }}
            where category = 'All other' and payment_type <> 'All other'
        ) as is_card_told
            on people.attribute = is_card_told.attribute
        left join (select distinct attribute, category, payment_type from {{ ref(rows) }}) as shown
            on people.attribute = shown.attribute
            and spends.category = shown.category
            and spends.payment_type = shown.payment_type
        where spends.spend_amount > 0
    {% endif %}
{% endmacro %}
