{#- Half of a 95 % interval in standard errors: a standard normal variable exceeds it in 2.5 % of cases. -#}
{% macro normal_quantile_975() %}
    {{ return(1.959963984540054) }}
{% endmacro %}


{#-
    The value that a standard normal variable exceeds with a small probability, up to 0.5. Abramowitz and
    Stegun (1964), formula 26.2.23; error below 4.5e-4.
-#}
{% macro upper_normal_quantile(probability) -%}
    {%- set root = 'sqrt(-2 * ln(' ~ probability ~ '))' -%}
    (
        {{ root }} - (2.515517 + 0.802853 * {{ root }} + 0.010328 * power({{ root }}, 2))
        / (1 + 1.432788 * {{ root }} + 0.189269 * power({{ root }}, 2) + 0.001308 * power({{ root }}, 3))
    )
{%- endmacro %}


{#-
    The same for Student's t, from the normal quantile z: wider for few people, who know their own spread
    badly. Abramowitz and Stegun (1964), formula 26.7.5, its first three terms.
-#}
{% macro upper_student_quantile(z, degrees_of_freedom) -%}
    (
        {{ z }} + (power({{ z }}, 3) + {{ z }}) / (4.0 * ({{ degrees_of_freedom }}))
        + (5 * power({{ z }}, 5) + 16 * power({{ z }}, 3) + 3 * {{ z }}) / (96.0 * power({{ degrees_of_freedom }}, 2))
        + (3 * power({{ z }}, 7) + 19 * power({{ z }}, 5) + 17 * power({{ z }}, 3) - 15 * {{ z }})
        / (384.0 * power({{ degrees_of_freedom }}, 3))
    )
{%- endmacro %}


{#-
    Variance of a ratio of means sum(y) / sum(x), linearised (Taylor series): the residuals y - ratio * x
    have a mean of zero, so var = n / (n - 1) * sum of their squares / sum(x) squared. Cochran, Sampling
    Techniques (1977), section 6.4, without the finite population correction. Null for fewer than two people.
-#}
{% macro ratio_variance(people, x, y, xx, xy, yy) -%}
    cast({{ people }} as double) / nullif({{ people }} - 1, 0)
    * {{ bounded(
        yy ~ ' - 2 * (' ~ y ~ ' / nullif(' ~ x ~ ', 0)) * ' ~ xy
        ~ ' + power(' ~ y ~ ' / nullif(' ~ x ~ ', 0), 2) * ' ~ xx,
        minimum=0
    ) }}
    / nullif(power({{ x }}, 2), 0)
{%- endmacro %}
