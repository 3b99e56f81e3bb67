select * from {{ ref('publication_checks') }}
where
    not coalesce(passed, false)
    and severity = 'error'
