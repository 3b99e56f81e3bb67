-- One row per kind of group and group: customers by credit score, and how far the scores of the groups differ.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

profiles as (

    select * from {{ ref('int_repayment__features') }}

),

customers_by_group as (

    select * from {{ ref('int_credit_customers_by_group') }}

),

age_bands as (

    select * from {{ ref('age_bands') }}

),

counted as (

    select
        customers_by_group.group_type,
        customers_by_group.group_key,
        customers_by_group.group_position,
        customers_by_group.is_unknown,
        count(*) as customers,
        count(profiles.age_years) as customers_with_age,
        {{ exact_mean('profiles.age_years') }} as average_age_years,
        count(profiles.credit_score) as customers_with_score,
        {{ median_date('profiles.credit_score_month') }} as median_score_month,
        count(*) filter (where profiles.credit_score = 'Good') as good_customers,
        count(*) filter (where profiles.credit_score = 'Standard') as standard_customers,
        count(*) filter (where profiles.credit_score = 'Poor') as poor_customers
    from customers_by_group
    inner join profiles
        on customers_by_group.customer_id = profiles.customer_id
    group by
        customers_by_group.group_type,
        customers_by_group.group_key,
        customers_by_group.group_position,
        customers_by_group.is_unknown

),

everyone as (

    select
        customers as population_customers,
        cast(good_customers as double) / nullif(customers_with_score, 0) as population_good_share
    from counted
    where group_type = 'all'

),

/* groups against scores: only customers with both can say whether they go together */
cells as (

    select
        group_type,
        group_key,
        'good' as score,
        good_customers as observed,
        customers_with_score as group_total
    from counted
    where not is_unknown
    union all
    select
        group_type,
        group_key,
        'standard' as score,
        standard_customers as observed,
        customers_with_score as group_total
    from counted
    where not is_unknown
    union all
    select
        group_type,
        group_key,
        'poor' as score,
        poor_customers as observed,
        customers_with_score as group_total
    from counted
    where not is_unknown

),

totals as (

    select
        *,
        sum(observed) over (partition by group_type, score) as score_total,
        sum(observed) over (partition by group_type) as table_total
    from cells

),

expectations as (

    select
        *,
        cast(group_total as double) * score_total / nullif(table_total, 0) as expected
    from totals

),

chi_squares as (

    select
        group_type,
        {{ exact_sum('(observed - expected) * (observed - expected) / nullif(expected, 0)') }} as chi_square,
        max(table_total) as table_total,
        count(distinct case when group_total > 0 then group_key end) as filled_groups,
        count(distinct case when score_total > 0 then score end) as filled_scores
    from expectations
    group by group_type

),

named_cells as (

    select
        *,
        concat_ws(' / ', group_type, group_key) as cell_name,
        customers_with_score < {{ var('minimum_cell_size') }} as is_small
    from counted

),

/* a narrow age band within a wide one is a part of it, and those of unknown age are the same group in both schemes */
cells_within as (

    select
        'age_group_' || narrow_bands.age_scheme || ' / ' || narrow_bands.age_group as narrow_name,
        'age_group_' || wide_bands.age_scheme || ' / ' || wide_bands.age_group as wide_name
    from age_bands as narrow_bands
    inner join age_bands as wide_bands
        on
            narrow_bands.age_scheme <> wide_bands.age_scheme
            and coalesce(narrow_bands.minimum_age, -1) >= coalesce(wide_bands.minimum_age, -1)
            and coalesce(narrow_bands.maximum_age, 1000) <= coalesce(wide_bands.maximum_age, 1000)
    union all
    select
        narrow_cells.cell_name as narrow_name,
        wide_cells.cell_name as wide_name
    from named_cells as narrow_cells
    inner join named_cells as wide_cells
        on narrow_cells.group_type <> wide_cells.group_type
    where
        narrow_cells.is_unknown
        and wide_cells.is_unknown
        and narrow_cells.group_type like 'age_group_%'
        and wide_cells.group_type like 'age_group_%'

),

/* counts of customers and figures of scores, which not everyone has, are suppressed each by itself */
sized_cells as (

    select
        group_type,
        cell_name,
        'customers' as figure,
        customers
    from named_cells
    union all
    select
        group_type,
        cell_name,
        'scores' as figure,
        customers_with_score as customers
    from named_cells

),

cells_with_totals as (

    select
        narrow_name as cell_name,
        wide_name,
        false as is_total
    from cells_within
    union all
    select distinct
        wide_name as cell_name,
        wide_name,
        true as is_total
    from cells_within

),

/* the groups of a kind add up to everyone, narrow age bands to the wide one round them; no one needs no protection */
suppression_lines as (

    select
        concat_ws(' / ', figure, group_type) as table_name,
        concat_ws(' / ', figure, cell_name) as cell_name,
        concat_ws(' / ', figure, group_type) as line_name,
        customers,
        false as is_total,
        customers < {{ var('minimum_cell_size') }} as is_hidden
    from sized_cells
    where customers > 0
    union all
    select
        concat_ws(' / ', sized_cells.figure, sized_cells.group_type) as table_name,
        concat_ws(' / ', sized_cells.figure, sized_cells.cell_name) as cell_name,
        concat_ws(' / ', sized_cells.figure, 'within', cells_with_totals.wide_name) as line_name,
        sized_cells.customers,
        cells_with_totals.is_total,
        sized_cells.customers < {{ var('minimum_cell_size') }} as is_hidden
    from sized_cells
    inner join cells_with_totals
        on sized_cells.cell_name = cells_with_totals.cell_name
    where sized_cells.customers > 0

),

{{ complementary_suppression() }},

protected as (

    select
        named_cells.*,
        named_cells.is_small
        or hidden_scores.cell_name is not null
        or hidden_customers.cell_name is not null as is_suppressed,
        hidden_customers.cell_name is not null as is_count_suppressed,
        /* in whatever groups: all less those with a score are a count of people too */
        max(
            case
                when
                    named_cells.customers - named_cells.customers_with_score
                    between 1 and {{ var('minimum_cell_size') }} - 1
                    then 1
                else 0
            end
        ) over () = 1 as is_without_score_suppressed,
        {{ is_suppressed_in_total(
            'named_cells.customers_with_age', 'named_cells.group_type', 'named_cells.group_key'
        ) }} as is_age_suppressed
    from named_cells
    left join complementary_suppression as hidden_scores
        on concat_ws(' / ', 'scores', named_cells.cell_name) = hidden_scores.cell_name
    left join complementary_suppression as hidden_customers
        on concat_ws(' / ', 'customers', named_cells.cell_name) = hidden_customers.cell_name

),

measured as (

    select
        protected.*,
        everyone.population_customers,
        everyone.population_good_share,
        sqrt(
            chi_squares.chi_square
            / nullif(chi_squares.table_total * (least(chi_squares.filled_groups, chi_squares.filled_scores) - 1), 0)
        ) as cramers_v
    from protected
    cross join everyone
    left join chi_squares
        on protected.group_type = chi_squares.group_type

)

select * from measured
