-- One row per segmentation and customer whom the last published model puts elsewhere today: what each feature did.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
{% set last_drivers = last_published('segment_drivers', ['segmentation', 'customer_id', 'standardised_values']) %}
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
        list_transform(string_split(standardised_values, ' '), lambda value: cast(value as double))
            as standardised_values
    from {{ last_drivers }}
    {% else %}
    {{ empty_relation({
        'segmentation': dbt.type_string(), 'customer_id': dbt.type_string(), 'standardised_values': 'double[]',
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
        list(metric order by metric) as features,
        list(metric_position order by metric) as positions
    from {{ ref('int_segmentation_metrics') }}
    where is_feature
    group by segmentation

),

centroids as (

    select
        centres.segment_key,
        list(centres.parameter_value * sqrt(weights.parameter_value) order by centres.feature) as centroid
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
        list_select(members.standardised_values, features.positions) as values_after,
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
        list_transform(values_after, lambda value, i: value - values_before[i]) as value_changes,
        list_transform(
            values_after,
            lambda value, i: 2 * (new_centroid[i] - old_centroid[i]) * (value - values_before[i])
        ) as contributions,
        list_sum(list_transform(
            values_before,
            lambda value, i: power(value - old_centroid[i], 2) - power(value - new_centroid[i], 2)
        )) as gap_before,
        list_sum(list_transform(
            values_after,
            lambda value, i: power(value - old_centroid[i], 2) - power(value - new_centroid[i], 2)
        )) as gap_after
    from compared

)

select * from moves
