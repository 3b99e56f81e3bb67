-- One row per check and subject that stands between the candidates and the published tables.
with

outcomes as (

    select * from {{ ref('int_segmentation_outcomes') }}
    where status = 'published'

),

scores as (

    select * from {{ ref('int_segment_scores') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

fitted as (

    select * from {{ fits() }}

),

input_rows as (

    select * from {{ ref('int_input_rows') }}

),

customers as (

    select
        segmentation,
        customer_id
    from {{ ref('int_segmentation_features') }}

),

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

last_members as (

    {{ select_last_published('segment_members', {'segmentation': 'string', 'customer_id': 'string'}) }}

),

last_segments as (

    {{ select_last_published('segments', {
        'segmentation': 'string', 'segment_key': 'string', 'customer_share': 'double'
    }) }}

),

input_measures as (

    select * from {{ ref('int_input_measures') }}

),

last_checks as (

    {{ select_last_published('publication_checks', {
        'check_name': 'string', 'subject': 'string', 'observed': 'double'
    }) }}

),

last_inputs as (

    {{ select_last_published('input_quality', {
        'input_name': 'string', 'source_file': 'string', 'measure': 'string', 'measured': 'bigint'
    }) }}

),

populations as (

    select
        segmentation,
        count(*) as customers
    from customers
    group by segmentation

),

scored as (

    select
        segmentation,
        count(*) as customers
    from scores
    group by segmentation

),

/* a customer that scoring lost would be missing from every table after it */
members_complete as (

    select
        'members_complete' as check_name,
        outcomes.segmentation as subject,
        'customers of the population without a segment' as description,
        cast(populations.customers - coalesce(scored.customers, 0) as double) as observed,
        'at most' as comparison,
        0 as threshold,
        'error' as severity
    from outcomes
    inner join populations
        on outcomes.segmentation = populations.segmentation
    left join scored
        on outcomes.segmentation = scored.segmentation

),

/* the SQL that scores everyone must say what the engine said of the sample */
scoring_agrees as (

    select
        'scoring_agrees' as check_name,
        outcomes.segmentation as subject,
        'sampled customers whose segment in SQL is not the one of the fit' as description,
        cast(count(*) filter (where scores.segment_number is distinct from fitted.segment_number) as double)
            as observed,
        'at most' as comparison,
        0 as threshold,
        'error' as severity
    from outcomes
    inner join fitted
        on
            outcomes.segmentation = fitted.segmentation
            and fitted.record = 'label'
    left join scores
        on
            fitted.segmentation = scores.segmentation
            and fitted.customer_id = scores.customer_id
    group by outcomes.segmentation

),

/* the fit judged the shares of a sample; these are the shares of everyone */
smallest_segments as (

    select
        'smallest_segment' as check_name,
        segments.segmentation as subject,
        'share of customers in the smallest segment' as description,
        min(segments.customer_share) as observed,
        'at least' as comparison,
        greatest(
            min(specifications.smallest_share), {{ var('minimum_cell_size') }} / cast(sum(segments.customers) as double)
        ) as threshold,
        'error' as severity
    from segments
    inner join specifications
        on segments.segmentation = specifications.segmentation
    group by segments.segmentation

),

largest_segments as (

    select
        'largest_segment' as check_name,
        segments.segmentation as subject,
        'share of customers in the largest segment' as description,
        max(segments.customer_share) as observed,
        'at most' as comparison,
        max(specifications.largest_share) as threshold,
        'error' as severity
    from segments
    inner join specifications
        on segments.segmentation = specifications.segmentation
    group by segments.segmentation

),

inputs_accounted as (

    select
        'input_accounted_for' as check_name,
        input_name as subject,
        'rows read that were neither loaded nor rejected' as description,
        cast(abs(sum(read_rows - loaded_rows - rejected_rows)) as double) as observed,
        'at most' as comparison,
        0 as threshold,
        'error' as severity
    from input_rows
    group by input_name

),

loaded_now as (

    select
        input_name,
        {{ file_folder('max(source_file)') }} as source_folder,
        sum(loaded_rows) as loaded_rows
    from input_rows
    group by input_name

),

loaded_last as (

    select
        input_name,
        {{ file_folder('max(source_file)') }} as source_folder,
        sum(measured) as loaded_rows
    from last_inputs
    where measure = 'loaded_rows'
    group by input_name

),

remaining as (

    select
        last_members.segmentation,
        count(*) as last_customers,
        count(customers.customer_id) as remaining_customers
    from last_members
    left join customers
        on
            last_members.segmentation = customers.segmentation
            and last_members.customer_id = customers.customer_id
    group by last_members.segmentation

),

/* most of the smaller population is in the larger one, so that losing most customers is not taken for others */
same_populations as (

    select remaining.segmentation
    from remaining
    inner join populations
        on remaining.segmentation = populations.segmentation
    where
        remaining.remaining_customers
        >= {{ var('minimum_remaining_share') }} * least(remaining.last_customers, populations.customers)

),

segmentation_inputs as (

    {% for segmentation, inputs in var('segmentations').items() %}
    {%- for input_name in inputs %}
    select
        '{{ segmentation }}' as segmentation,
        '{{ input_name }}' as input_name
    union all
    {%- endfor %}
    {%- endfor %}
    {{ empty_relation({'segmentation': dbt.type_string(), 'input_name': dbt.type_string()}) }}

),

inputs_of_same_populations as (

    select distinct segmentation_inputs.input_name
    from segmentation_inputs
    inner join same_populations
        on segmentation_inputs.segmentation = same_populations.segmentation

),

/* only like is compared with like: files of another folder and of other customers are a new beginning */
compared_inputs as (

    select
        loaded_now.input_name,
        loaded_now.loaded_rows,
        loaded_last.loaded_rows as last_loaded_rows,
        loaded_now.source_folder = loaded_last.source_folder
        or inputs_of_same_populations.input_name is not null as is_compared
    from loaded_now
    inner join loaded_last
        on loaded_now.input_name = loaded_last.input_name
    left join inputs_of_same_populations
        on loaded_now.input_name = inputs_of_same_populations.input_name

),

rows_dropped as (

    select
        'rows_dropped' as check_name,
        input_name as subject,
        case
            when is_compared then 'share of rows lost since the last publication'
            else 'not compared with the last publication, which had files of another folder and other customers'
        end as description,
        case
            when is_compared then greatest(0, 1 - cast(loaded_rows as double) / nullif(last_loaded_rows, 0))
            else 0
        end as observed,
        'at most' as comparison,
        {{ var('maximum_row_drop_share') }} as threshold,
        'error' as severity
    from compared_inputs

),

coverages as (

    select
        input_measures.input_name,
        input_measures.measure,
        input_measures.observed,
        input_measures.possible,
        case when compared_inputs.is_compared then last_checks.observed end as last_observed,
        {#- Sparse rows are usual: one bank's customer uses few categories. A month without any is not. #}
        case
            when input_measures.measure in ('months', 'customers') then 0.5 * input_measures.possible
            else least(1.5, 0.5 * input_measures.possible)
        end as least_expected
    from input_measures
    left join compared_inputs
        on input_measures.input_name = compared_inputs.input_name
    left join last_checks
        on
            last_checks.check_name = 'input_coverage'
            and last_checks.subject = concat(input_measures.input_name, ': ', input_measures.measure)
    where input_measures.subject = 'coverage'

),

/* a well-formed file may not be whole: with one row a customer, where there are many, segments are of chance */
inputs_covered as (

    select
        'input_coverage' as check_name,
        concat(input_name, ': ', measure) as subject,
        concat(
            case measure
                when 'customers' then 'share of the customers that have a row'
                else concat(measure, ' of a customer on average, of ', cast(possible as integer))
            end,
            case
                when last_observed is null then ''
                else concat(' (', {{ rounded('last_observed', 2) }}, ' last time)')
            end
        ) as description,
        observed,
        'at least' as comparison,
        greatest(
            least_expected, coalesce((1 - {{ var('maximum_row_drop_share') }}) * last_observed, 0)
        ) as threshold,
        case
            when measure = 'rows' or observed >= least_expected then 'error'
            else 'warn'
        end as severity
    from coverages

),

labelled_magnitudes as (

    select
        input_name,
        measure as column_name,
        case
            when observed > 0 then concat(measure, ' (', cast(power(10, observed) as integer), ' times)')
        end as jump_label
    from input_measures
    where subject = 'magnitude'

),

/* an export that lost some of its decimal points multiplies sums */
decimal_points_kept as (

    select
        'decimal_points' as check_name,
        input_name as subject,
        case
            when count(jump_label) > 0
                then concat(
                    'columns of amounts whose whole numbers look like others without their decimal points: ',
                    {{ dbt.listagg('jump_label', "', '", 'order by column_name') }}
                )
            else 'columns of amounts whose whole numbers look like others without their decimal points'
        end as description,
        cast(count(jump_label) as double) as observed,
        'at most' as comparison,
        0 as threshold,
        'warn' as severity
    from labelled_magnitudes
    group by input_name

),

segment_shares_moved as (

    select
        'segment_share_moved' as check_name,
        segments.segmentation as subject,
        case
            when count(specifications.last_model_version) > 0
                then {{ sql_text("largest change of a segment's share since the last publication") }}
            else 'not compared with the last publication, which had other customers'
        end as description,
        coalesce(
            max(
                case
                    when specifications.last_model_version is not null
                        then abs(segments.customer_share - last_segments.customer_share)
                end
            ),
            0
        ) as observed,
        'at most' as comparison,
        {{ var('maximum_segment_share_jump') }} as threshold,
        'error' as severity
    from segments
    left join last_segments
        on segments.segment_key = last_segments.segment_key
    left join specifications
        on segments.segmentation = specifications.segmentation
    where segments.segmentation in (select last_members.segmentation from last_members)
    group by segments.segmentation

),

checks as (

    select * from members_complete
    union all
    select * from scoring_agrees
    union all
    select * from smallest_segments
    union all
    select * from largest_segments
    union all
    select * from inputs_accounted
    union all
    select * from inputs_covered
    union all
    select * from decimal_points_kept
    union all
    select * from rows_dropped
    union all
    select * from segment_shares_moved

),

judged as (

    select
        check_name,
        subject,
        description,
        observed,
        comparison,
        threshold,
        {#- The variable accept_changes names checks. #}
        case when check_name in ({{ sql_list(var('accept_changes') or ['']) }}) then 'warn' else severity end
            as severity,
        coalesce(case comparison when 'at most' then observed <= threshold else observed >= threshold end, false)
            as passed
    from checks

)

select * from judged
