{#-
    The queue of a call centre after A. K. Erlang (1917): calls come at random, are handled one by one by
    equal agents, and whoever finds all of them busy waits. Textbooks call it M/M/n or Erlang C.

    It rests on the inverse of Erlang's blocking probability, R(n) = 1 + n / load * R(n - 1) with R(0) = 1:
    only positive numbers are added, so it is exact to the last digits for any load, where factorials
    overflow beyond 170 agents.
-#}
{% macro erlang_c_waiting_probability(load, agents, inverse_blocking) -%}
    case
        when {{ load }} = 0 then 0.0
        when {{ agents }} <= {{ load }} then 1.0
        else 1 / (({{ inverse_blocking }}) * (1 - {{ load }} / {{ agents }}) + {{ load }} / {{ agents }})
    end
{%- endmacro %}


{#- Share of calls answered within some seconds: waiting times are exponential once one has to wait. -#}
{% macro erlang_c_service_level(load, agents, inverse_blocking, handling_seconds, answer_seconds) -%}
    case
        when {{ load }} = 0 then 1.0
        when {{ agents }} <= {{ load }} then 0.0
        else 1 - {{ erlang_c_waiting_probability(load, agents, inverse_blocking) }}
            * exp(-({{ agents }} - {{ load }}) * {{ answer_seconds }} / {{ handling_seconds }})
    end
{%- endmacro %}
