select
    customer_id,
    month,
    category,
    payment_type,
    spend
from {{ source('core_banking', 'spends') }}
