{#-
    Probability that a standard normal variable lies further from 0 than z on either side: the p-value
    of a two-sided z test. Abramowitz and Stegun (1964), formula 26.2.17; error below 1.5e-7.
-#}
{% macro two_sided_normal_probability(z) -%}
    case when ({{ z }}) is not null then least(1.0, 2 * exp(-0.5 * ({{ z }}) * ({{ z }})) / sqrt(2 * pi()) * (
        {%- set t = '(1 / (1 + 0.2316419 * abs(' ~ z ~ ')))' %}
        0.319381530 * {{ t }}
        - 0.356563782 * power({{ t }}, 2)
        + 1.781477937 * power({{ t }}, 3)
        - 1.821255978 * power({{ t }}, 4)
        + 1.330274429 * power({{ t }}, 5)
    )) end
{%- endmacro %}
