-- One row per day, from the start of 2000 to the end of 2049.
with

days as (

    {{ dbt.date_spine(
        datepart='day',
        start_date="cast('2000-01-01' as date)",
        end_date="cast('2050-01-01' as date)"
    ) }}

),

spine as (

    select cast(date_day as date) as day from days

)

select * from spine
