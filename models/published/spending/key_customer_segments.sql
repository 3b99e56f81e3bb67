-- One row per cross of demographic attributes and combination of their values: how far it stands out beyond chance.
with

report as (

    select * from {{ ref('rpt_key_customer_segments') }}

)

select * from report
