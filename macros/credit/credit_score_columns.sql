{#-
    The figures of the credit-score reports, which differ in their groups only: shares of those with a
    score, each with its 95 % interval, against everyone's.
-#}
{% macro credit_score_columns() %}
        customers,
        cast(customers as double) / population_customers as customer_share,
        {{ unless_small_cell('average_age_years', 'customers_with_age') }} as average_age_years,
        {{ unless_small_cell('customers - customers_with_score') }} as customers_without_score,
        {%- for score in ['good', 'standard', 'poor'] %}
        {{ unless_small_cell('cast(' ~ score ~ '_customers as double) / customers_with_score', 'customers_with_score') }}
            as {{ score }}_share,
        {{ unless_small_cell(wilson_lower(score ~ '_customers', 'customers_with_score'), 'customers_with_score') }}
            as {{ score }}_share_lower,
        {{ unless_small_cell(wilson_upper(score ~ '_customers', 'customers_with_score'), 'customers_with_score') }}
            as {{ score }}_share_upper,
        {%- endfor %}
        {{ unless_small_cell(
            '100 * cast(good_customers as double) / customers_with_score / nullif(population_good_share, 0)',
            'customers_with_score'
        ) }} as good_index_100,
        {#- only groups that are shown and known are ranked, or a rank would give a hidden figure away #}
        case
            when customers_with_score >= {{ var('minimum_cell_size') }} and not is_unknown
                then row_number() over (
                    partition by
                        group_type, customers_with_score >= {{ var('minimum_cell_size') }} and not is_unknown
                    order by cast(good_customers as double) / nullif(customers_with_score, 0) desc, group_key asc
                )
        end as good_rank,
        cramers_v,
        is_unknown,
        customers_with_score < {{ var('minimum_cell_size') }} as is_suppressed
{%- endmacro %}
