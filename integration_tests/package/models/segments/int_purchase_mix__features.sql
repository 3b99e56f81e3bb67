-- One row per customer: the shares of spend that go to four categories. It reads the package's staged rows, which are clean.
select
    customer_id,
    sum(spend_amount) as spend_amount,
    sum(spend_amount) filter (where category = 'Bills') / sum(spend_amount) as bills_share,
    sum(spend_amount) filter (where category = 'Groceries') / sum(spend_amount) as groceries_share,
    sum(spend_amount) filter (where category = 'Electronics') / sum(spend_amount) as electronics_share,
    sum(spend_amount) filter (where category = 'Health & Wellness') / sum(spend_amount) as health_share
from {{ ref('card_segments', 'stg_spends__spends') }}
group by customer_id
