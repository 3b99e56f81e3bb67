-- One row per segmentation and customer whom the last published model puts elsewhere today: what each feature did.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
{% set last_drivers = last_published('segment_drivers', ['segmentation', 'customer_id', 'standardised_values']) %}
{% set value_before = list_item('values_before', 'place') %}
{% set old_centre = list_item('old_centroid', 'place') %}
{% set new_centre = list_item('new_centroid', 'place') %}
{% set gap = 'power(item - ' ~ old_centre ~ ', 2) - power(item - ' ~ new_centre ~ ', 2)' %}
with

members as (

    select * from {{ ref('int_prior_publication__members') }}
    where
        standardised_values is not null
        and not is_scored_today

),

/* releases before this table did not publish how a customer was measured */
last_values as (

    {% if last_drivers %}
    select
        segmentation,
        customer_id,
        {{ mapped_list("split(standardised_values, ' ')", 'cast(item as double)') }} as standardised_values
    from {{ last_drivers }}
    {% else %}
    {{ empty_relation({
        'segmentation': dbt.type_string(), 'customer_id': dbt.type_string(), 'standardised_values': type_list('double'),
    }) }}
    {% endif %}

),

last_parameters as (

    {{ select_last_published('segment_parameters', {
        'feature': 'string', 'parameter': 'string', 'parameter_value': 'double', 'segmentation': 'string',
        'segment_key': 'string'
    }) }}

),

/* by name, as the values were published: the order of a specification may have changed since */
features as (

    select
        segmentation,
        {{ ordered_list('metric', 'metric') }} as features,
        {{ ordered_list('metric_position', 'metric') }} as positions
    from {{ ref('int_segmentation_metrics') }}
    where is_feature
    group by segmentation

),

centroids as (

    select
        centres.segment_key,
        {{ ordered_list('centres.parameter_value * sqrt(weights.parameter_value)', 'centres.feature') }} as centroid
    from last_parameters as centres
    inner join last_parameters as weights
        on
            centres.segmentation = weights.segmentation
            and centres.feature = weights.feature
            and weights.parameter = 'weight'
    where centres.parameter = 'centroid'
    group by centres.segment_key

),

compared as (

    select
        members.segmentation,
        members.customer_id,
        features.features,
        last_values.standardised_values as values_before,
        {{ list_items('members.standardised_values', 'features.positions') }} as values_after,
        old_centroids.centroid as old_centroid,
        new_centroids.centroid as new_centroid
    from members
    inner join last_values
        on
            members.segmentation = last_values.segmentation
            and members.customer_id = last_values.customer_id
    inner join features
        on members.segmentation = features.segmentation
    inner join centroids as old_centroids
        on members.segment_key = old_centroids.segment_key
    inner join centroids as new_centroids
        on members.scored_segment_key = new_centroids.segment_key

),

/* between two fixed centres the gap of squared distances is linear in each feature */
moves as (

    select
        segmentation,
        customer_id,
        features,
        {{ mapped_list('values_after', 'item - ' ~ value_before) }} as value_changes,
        {{ mapped_list(
            'values_after', '2 * (' ~ new_centre ~ ' - ' ~ old_centre ~ ') * (item - ' ~ value_before ~ ')'
        ) }} as contributions,
        {{ list_total(mapped_list('values_before', gap)) }} as gap_before,
        {{ list_total(mapped_list('values_after', gap)) }} as gap_after
    from compared

)

select * from moves
