with

shares as (

    {% for report in ['monthly_spend', 'spend_by_demographic'] %}
    select
        '{{ report }}' as model_name,
        attribute,
        attribute_value,
        sum(spend_share) as share_sum
    from {{ ref(report) }}
    group by
        attribute,
        attribute_value
    /* who spent nothing at all has no shares */
    having
        sum(spend_amount) > 0
        and count(case when is_suppressed then 1 end) = 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from shares
where not coalesce(abs(share_sum - 1) <= 1e-9, false)
