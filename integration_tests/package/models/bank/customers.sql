select
    customer_id,
    age_group,
    city,
    occupation,
    gender,
    "marital status" as civil_status,
    avg_income as monthly_income,
    current_date as loaded_on
from {{ source('core_banking', 'customers') }}
