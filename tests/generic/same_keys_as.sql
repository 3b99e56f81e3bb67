{#- Fails on every combination of the columns that only one of the model and its spine `to` has, or the model twice. -#}
{% test same_keys_as(model, to, columns) %}
with

only_in_model as (

    select {{ columns | join(', ') }} from {{ model }}
    except
    select {{ columns | join(', ') }} from {{ to }}

),

only_in_spine as (

    select {{ columns | join(', ') }} from {{ to }}
    except
    select {{ columns | join(', ') }} from {{ model }}

),

repeated_in_model as (

    select {{ columns | join(', ') }} from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1

)

select
    'only in the model' as fault,
    only_in_model.*
from only_in_model
union all
select
    'only in the spine' as fault,
    only_in_spine.*
from only_in_spine
union all
select
    'twice in the model' as fault,
    repeated_in_model.*
from repeated_in_model
{% endtest %}
