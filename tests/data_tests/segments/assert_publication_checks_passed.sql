select * from {{ ref('int_publication_checks') }}
where not coalesce(passed, false)
