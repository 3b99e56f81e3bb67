{#-
    Query for people who are counted already, one row of the query `counts` for each group: the columns that tell the
    group, and a customer_id for each of its customers up to minimum_cell_size; more would say nothing more.
-#}
{% macro people_of_counts(keys, counts) -%}
        select {{ keys | join(', ') }}, cast(number as {{ dbt.type_string() }}) as customer_id
        from ({{ rows_by_number('(' ~ counts ~ ') as counted', 1, 'cast(least(counted.customers, ' ~ var('minimum_cell_size') ~ ') as bigint)') }}) as people
{%- endmacro %}


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
        {#- a customer has one row of a month, so rows are customers -#}
        {% set counts %}
            select people.attribute, people.attribute_value, months.spend_month, count(*) as customers
            from {{ ref('int_customer_months_summed') }} as months
            inner join {{ ref('int_customers_by_attribute') }} as people
                on months.customer_id = people.customer_id
            where months.spend_amount <> 0
            group by people.attribute, people.attribute_value, months.spend_month
        {% endset %}
{{ people_of_counts(['attribute', 'attribute_value', 'spend_month'], counts) }}
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
    {% elif rows == 'month_of_segment' %}
        {#- a customer has one row of a month, so rows are customers -#}
        {% set counts %}
            select
                scores.segmentation,
                coalesce(shown.segment_key, 'all_other') as segment_key,
                months.spend_month,
                count(*) as customers
            from {{ ref('int_customer_months_summed') }} as months
            inner join {{ ref('int_segment_scores') }} as scores
                on months.customer_id = scores.customer_id
            left join (select distinct segment_key from {{ ref('monthly_utilisation_by_segment') }}) as shown
                on scores.segment_key = shown.segment_key
            where months.spend_amount <> 0
            group by scores.segmentation, coalesce(shown.segment_key, 'all_other'), months.spend_month
        {% endset %}
{{ people_of_counts(['segmentation', 'segment_key', 'spend_month'], counts) }}
    {% elif rows == 'segment_combination' %}
        select scores.segment_key, others.segment_key as other_segment_key, scores.customer_id
        from {{ ref('int_segment_scores') }} as scores
        inner join {{ ref('int_segment_scores') }} as others
            on
                scores.customer_id = others.customer_id
                and scores.segmentation < others.segmentation
                and {{ population_of('scores.segmentation') }} = {{ population_of('others.segmentation') }}
    {% elif rows == 'metric' %}
        {% set counts %}
            select scores.segmentation, scores.segment_key, metrics.metric, count(*) as customers
            from {{ ref('int_segment_scores') }} as scores
            inner join {{ ref('int_segmentation_features') }} as features
                on scores.segmentation = features.segmentation and scores.customer_id = features.customer_id
            inner join {{ ref('int_segmentation_metrics') }} as metrics
                on scores.segmentation = metrics.segmentation
            where {{ list_item('features.metric_values', 'metrics.metric_position') }} is not null
            group by scores.segmentation, scores.segment_key, metrics.metric
        {% endset %}
{{ people_of_counts(['segmentation', 'segment_key', 'metric'], counts) }}
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
{{ people_of_counts(
    ['segmentation', 'segment_key', 'attribute', 'attribute_value'],
    'select * from ' ~ ref('int_segment_attribute_counts')
) }}
    {% elif rows == 'claim' %}
        select claim_key, customer_id from {{ ref('int_claim_members') }}
    {% elif rows == 'spend_by_segment' %}
{{ people_in_spend_of_segments() }}
    {% elif rows in ['monthly_spend', 'spend_by_demographic'] %}
{{ people_in_published_spend(rows) }}
    {% endif %}
{% endmacro %}


{#-
    Query for the people behind the published rows of spend by attribute. Behind a row is at least everyone who spent on
    one of its kinds in a month; people are told apart only where that are too few.
-#}
{% macro people_in_published_spend(table_name) %}
        with

        cells as (

            {{ by_attribute(ref('int_spend_cells_summed'), ['spend_month', 'category', 'payment_type', 'customers']) }}

        ),

        counted as (

            select attribute, attribute_value, spend_month, category, payment_type, sum(customers) as customers
            from cells
            group by attribute, attribute_value, spend_month, category, payment_type
            having sum(customers) > 0

        ),

        shown as (

            select distinct attribute, category, payment_type
            from {{ ref(table_name) }}

        ),

        cards_folded as (

            select attribute, payment_type
            from shown
            where category = 'All other' and payment_type <> 'All other'

        ),

        published as (

            select
                counted.*,
                coalesce(shown.category, 'All other') as shown_category,
                coalesce(
                    shown.payment_type,
                    case when {{ is_credit_card('counted.payment_type') }} then cards_folded.payment_type end,
                    'All other'
                ) as shown_payment_type
            from counted
            left join cards_folded
                on counted.attribute = cards_folded.attribute
            left join shown
                on
                    counted.attribute = shown.attribute
                    and counted.category = shown.category
                    and counted.payment_type = shown.payment_type

        ),

        sized as (

            select
                *,
                max(customers) over (
                    partition by attribute, attribute_value, shown_category, shown_payment_type
                    {{- ', spend_month' if table_name == 'monthly_spend' }}
                ) as largest_customers
            from published

        )

        select
            few.attribute, few.attribute_value, few.spend_month,
            few.shown_category as category, few.shown_payment_type as payment_type,
            spends.customer_id
        from {{ ref('int_spends') }} as spends
        inner join {{ ref('int_customers_by_attribute') }} as people
            on spends.customer_id = people.customer_id
        inner join sized as few
            on
                people.attribute = few.attribute
                and people.attribute_value = few.attribute_value
                and spends.spend_month = few.spend_month
                and spends.category = few.category
                and spends.payment_type = few.payment_type
        where
            few.largest_customers < {{ var('minimum_cell_size') }}
            and spends.spend_amount <> 0
        union all
{{ people_of_counts(
    ['attribute', 'attribute_value', 'spend_month', 'category', 'payment_type'],
    "select attribute, attribute_value, spend_month, shown_category as category, shown_payment_type as payment_type, customers from sized where largest_customers >= " ~ var('minimum_cell_size')
) }}
{% endmacro %}


{#- The same for spend by segment over all months, from the sets of what each customer spent on. -#}
{% macro people_in_spend_of_segments() %}
        with

        shown as (

            select distinct segmentation, segment_key, category, payment_type
            from {{ ref('spend_by_segment') }}

        ),

        kinds as (

            select
                segmentations.segmentation,
                kinds.kind_number,
                coalesce(shown.category, 'All other') as category,
                coalesce(
                    shown.payment_type,
                    case when {{ is_credit_card('kinds.payment_type') }} then cards_folded.payment_type end,
                    'All other'
                ) as payment_type
            from (select distinct segmentation from shown) as segmentations
            cross join {{ ref('int_spend_kinds') }} as kinds
            left join (select distinct segmentation, category, payment_type from shown) as shown
                on
                    segmentations.segmentation = shown.segmentation
                    and kinds.category = shown.category
                    and kinds.payment_type = shown.payment_type
            left join (
                select distinct segmentation, payment_type
                from shown
                where category = 'All other' and payment_type <> 'All other'
            ) as cards_folded
                on segmentations.segmentation = cards_folded.segmentation

        ),

        people as (

            select
                scores.segmentation,
                coalesce(shown.segment_key, 'all_other') as segment_key,
                scores.customer_id,
                customer_kinds.kind_bits
            from {{ ref('int_customer_kinds') }} as customer_kinds
            inner join {{ ref('int_segment_scores') }} as scores
                on customer_kinds.customer_id = scores.customer_id
            left join (select distinct segment_key from shown) as shown
                on scores.segment_key = shown.segment_key

        ),

        counted as (

            select people.segment_key, kinds.segmentation, kinds.kind_number, kinds.category, kinds.payment_type, count(*) as customers
            from people
            inner join kinds
                on
                    people.segmentation = kinds.segmentation
                    and {{ is_in_set('kinds.kind_number', 'people.kind_bits') }}
            group by people.segment_key, kinds.segmentation, kinds.kind_number, kinds.category, kinds.payment_type

        ),

        sized as (

            select
                *,
                max(customers) over (partition by segmentation, segment_key, category, payment_type) as largest_customers
            from counted

        )

        select few.segmentation, few.segment_key, few.category, few.payment_type, people.customer_id
        from sized as few
        inner join people
            on
                few.segmentation = people.segmentation
                and few.segment_key = people.segment_key
                and {{ is_in_set('few.kind_number', 'people.kind_bits') }}
        where few.largest_customers < {{ var('minimum_cell_size') }}
        union all
{{ people_of_counts(
    ['segmentation', 'segment_key', 'category', 'payment_type'],
    "select segmentation, segment_key, category, payment_type, customers from sized where largest_customers >= " ~ var('minimum_cell_size')
) }}
{% endmacro %}
