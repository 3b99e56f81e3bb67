select
    given.segmentation,
    given.segment_key,
    given.name_key
from {{ ref('int_segment_names') }} as given
left join {{ ref('segment_names') }} as names
    on
        given.segmentation = names.segmentation
        and given.name_key = names.name_key
left join {{ ref('int_prior_publication__registry') }} as registry
    on given.segment_key = registry.segment_key
where
    given.name_key is not null
    and names.name_key is null
    and registry.segment_key is null
