{#-
    The figures of the two credit-score tables, which differ in their groups only: shares of those with a score,
    each with its 95 % interval, against everyone's.
-#}
{% macro credit_score_columns() %}
        case when not is_count_suppressed then customers end as customers,
        case when not is_count_suppressed then cast(customers as double) / population_customers end as customer_share,
        case when not is_age_suppressed and not is_suppressed then average_age_years end as average_age_years,
        case when not is_suppressed and not is_without_score_suppressed then customers - customers_with_score end
            as customers_without_score,
        {{ unless_suppressed('median_score_month') }} as median_score_month,
        {{ unless_suppressed('cast(good_customers as double) / nullif(customers_with_score, 0)') }} as good_share,
        {{ unless_suppressed(wilson_lower('good_customers', 'customers_with_score')) }} as good_share_lower,
        {{ unless_suppressed(wilson_upper('good_customers', 'customers_with_score')) }} as good_share_upper,
        {{ unless_suppressed('cast(standard_customers as double) / nullif(customers_with_score, 0)') }} as standard_share,
        {{ unless_suppressed(wilson_lower('standard_customers', 'customers_with_score')) }} as standard_share_lower,
        {{ unless_suppressed(wilson_upper('standard_customers', 'customers_with_score')) }} as standard_share_upper,
        {{ unless_suppressed('cast(poor_customers as double) / nullif(customers_with_score, 0)') }} as poor_share,
        {{ unless_suppressed(wilson_lower('poor_customers', 'customers_with_score')) }} as poor_share_lower,
        {{ unless_suppressed(wilson_upper('poor_customers', 'customers_with_score')) }} as poor_share_upper,
        {{ unless_suppressed(
            '100 * cast(good_customers as double) / nullif(customers_with_score, 0) / nullif(population_good_share, 0)'
        ) }} as good_index_100,
        {#- only groups that are shown and known are ranked, or a rank would disclose a suppressed figure #}
        case
            when not is_suppressed and not is_unknown
                then cast(row_number() over (
                    partition by
                        group_type, not is_suppressed and not is_unknown
                    order by cast(good_customers as double) / nullif(customers_with_score, 0) desc, group_key asc
                ) as bigint)
        end as good_rank,
        cramers_v,
        is_unknown,
        is_suppressed
{%- endmacro %}
