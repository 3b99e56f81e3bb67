{#- Fails on every combination of the columns that stands in only one of the model and its spine `to`. -#}
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

)

select
    'the model' as stands_only_in,
    only_in_model.*
from only_in_model
union all
select
    'the spine' as stands_only_in,
    only_in_spine.*
from only_in_spine
{% endtest %}
