-- One row per segment: its name, unique within the segmentation, and why it has it.
with recursive

deviations as (

    select * from {{ ref('int_segment_profiles') }}

),

names as (

    select * from {{ ref('segment_names') }}

),

conditions as (

    select * from {{ ref('segment_name_conditions') }}

),

metric_labels as (

    select * from {{ ref('segment_metrics') }}

),

/* a key that has been published keeps its name, in the wording that the reference table has today */
held_names as (

    select
        registry.segmentation,
        registry.segment_key,
        registry.name_key,
        coalesce(names.segment_name, registry.segment_name) as segment_name,
        coalesce(names.description, registry.description) as description
    from {{ ref('int_prior_publication__registry') }} as registry
    left join names
        on registry.name_key = names.name_key
    /* the name of a retired segment is free again */
    where registry.segment_key in (select deviations.segment_key from deviations)

),

/* how far each segment goes in the direction that each condition names */
condition_fits as (

    select
        deviations.segmentation,
        deviations.segment_key,
        names.name_key,
        conditions.metric,
        conditions.smallest_deviation,
        case conditions.direction when 'high' then deviations.deviation else -deviations.deviation end as fit
    from names
    inner join conditions
        on names.name_key = conditions.name_key
    inner join deviations
        on
            names.segmentation = deviations.segmentation
            and conditions.metric = deviations.metric

),

condition_counts as (

    select
        name_key,
        count(*) as conditions
    from conditions
    group by name_key

),

/* a name applies where every metric it rests on deviates far enough; the more that deviates, the better it fits */
applicable_names as (

    select
        condition_fits.segmentation,
        condition_fits.segment_key,
        condition_fits.name_key,
        {{ rounded('sum(condition_fits.fit)', 9) }} as name_fit
    from condition_fits
    inner join condition_counts
        on condition_fits.name_key = condition_counts.name_key
    left join held_names as named_segments
        on condition_fits.segment_key = named_segments.segment_key
    left join held_names as used_names
        on
            condition_fits.segmentation = used_names.segmentation
            and condition_fits.name_key = used_names.name_key
    where
        named_segments.segment_key is null
        and used_names.name_key is null
    group by
        condition_fits.segmentation,
        condition_fits.segment_key,
        condition_fits.name_key,
        condition_counts.conditions
    having
        count(*) = condition_counts.conditions
        and min(condition_fits.fit - condition_fits.smallest_deviation) >= 0

),

ranked_names as (

    select
        segmentation,
        segment_key,
        name_key,
        row_number() over (
            partition by segmentation
            order by name_fit desc, segment_key asc, name_key asc
        ) as name_rank
    from applicable_names

),

/* from the best fit of all down to the worst: a name is given where neither it nor the segment is taken */
given_names as (

    select distinct
        segmentation,
        cast(null as {{ dbt.type_string() }}) as segment_key,
        cast(null as {{ dbt.type_string() }}) as name_key,
        cast(0 as bigint) as name_rank,
        false as is_given,
        cast({{ list_of([]) }} as {{ type_list(dbt.type_string()) }}) as taken_segments,
        cast({{ list_of([]) }} as {{ type_list(dbt.type_string()) }}) as taken_names
    from ranked_names
    union all
    select
        segmentation,
        segment_key,
        name_key,
        name_rank,
        is_given,
        case when is_given then array_append(taken_segments, segment_key) else taken_segments end as taken_segments,
        case when is_given then array_append(taken_names, name_key) else taken_names end as taken_names
    from (
        select
            ranked_names.*,
            given_names.taken_segments,
            given_names.taken_names,
            not array_contains(given_names.taken_segments, ranked_names.segment_key)
            and not array_contains(given_names.taken_names, ranked_names.name_key) as is_given
        from given_names
        inner join ranked_names
            on
                given_names.segmentation = ranked_names.segmentation
                and given_names.name_rank + 1 = ranked_names.name_rank
    ) as next_names

),

/* what no name fits is called by its two strongest deviations */
strongest_features as (

    select
        deviations.segmentation,
        deviations.segment_key,
        deviations.deviation,
        coalesce(metric_labels.label, replace(deviations.metric, '_', ' ')) as label,
        row_number() over (
            partition by deviations.segment_key
            order by abs(deviations.deviation) desc nulls last, deviations.metric_position asc
        ) as strength_rank
    from deviations
    left join metric_labels
        on deviations.metric = metric_labels.metric
    where deviations.is_feature

),

descriptive_names as (

    select
        segmentation,
        segment_key,
        concat(
            max(case when strength_rank = 1 then case when deviation >= 0 then 'High ' else 'Low ' end end),
            max(case when strength_rank = 1 then label end),
            /* not every segmentation has a second feature */
            max(case when strength_rank = 2 then case when deviation >= 0 then ', high ' else ', low ' end else '' end),
            max(case when strength_rank = 2 then label else '' end)
        ) as descriptive_name
    from strongest_features
    where strength_rank <= 2
    group by
        segmentation,
        segment_key

),

named as (

    select
        descriptive_names.segmentation,
        descriptive_names.segment_key,
        coalesce(held_names.name_key, names.name_key) as name_key,
        coalesce(held_names.segment_name, names.segment_name, descriptive_names.descriptive_name) as proposed_name,
        coalesce(
            held_names.description,
            names.description,
            'No name in the reference table fits; called by its two strongest deviations.'
        ) as description,
        row_number() over (
            partition by
                descriptive_names.segmentation,
                coalesce(held_names.segment_name, names.segment_name, descriptive_names.descriptive_name)
            order by descriptive_names.segment_key
        ) as name_occurrence
    from descriptive_names
    left join held_names
        on descriptive_names.segment_key = held_names.segment_key
    left join given_names
        on
            descriptive_names.segment_key = given_names.segment_key
            and given_names.is_given
    left join names
        on given_names.name_key = names.name_key

),

unique_names as (

    select
        segmentation,
        segment_key,
        name_key,
        case
            when name_occurrence = 1 then proposed_name
            else concat(proposed_name, ' (', cast(name_occurrence as {{ dbt.type_string() }}), ')')
        end as segment_name,
        description
    from named

)

select * from unique_names
