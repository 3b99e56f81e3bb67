-- One row per check and subject that this publication had to pass.
with

checks as (

    select * from {{ ref('int_publication_checks') }}

)

select * from checks
