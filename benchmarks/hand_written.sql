-- The spend marts as somebody would write them by hand for files that are known to be clean, read in place.
create temp view spends as
select * from read_parquet(getvariable('inputs') || '/spends.parquet');

create temp table customers as
select
    customer_id,
    age_group,
    gender,
    "marital status" as marital_status,
    city,
    occupation,
    cast(avg_income as double) as income
from read_parquet(getvariable('inputs') || '/customers.parquet');

create temp table customers_by_attribute as
select
    customer_id,
    income,
    attribute,
    attribute_value
from (select *, 'all' as "all" from customers)
unpivot (attribute_value for attribute in ("all", age_group, gender, marital_status, city, occupation));

/* a repeated key would count twice */
select error('a key is repeated')
from (
    select hash(customer_id, month, category, payment_type) as key
    from spends
    group by key
    having count(*) > 1
);

create temp table spends_by_customer as
select
    customer_id,
    cast(sum(spend) as double) as spend_amount,
    cast(coalesce(sum(spend) filter (where payment_type = 'Credit Card'), 0) as double) as credit_card_spend_amount
from spends
group by customer_id;

create temp table customer_utilisation as
select
    customers.customer_id,
    customers.income,
    coalesce(spends_by_customer.spend_amount, 0) as spend_amount,
    coalesce(spends_by_customer.credit_card_spend_amount, 0) as credit_card_spend_amount,
    100 * coalesce(spends_by_customer.spend_amount, 0) / customers.income / months.months as income_utilisation_pct
from customers
left join spends_by_customer
    on customers.customer_id = spends_by_customer.customer_id
cross join (select count(distinct month) as months from spends) as months;

create temp table group_utilisation as
select
    attribute,
    attribute_value,
    count(*) as customers,
    100 * sum(spend_amount) / sum(income) / any_value(months) as ratio_of_means_pct,
    avg(income_utilisation_pct) as mean_of_ratios_pct
from customers_by_attribute
inner join customer_utilisation using (customer_id, income)
cross join (select count(distinct month) as months from spends)
group by attribute, attribute_value;

/* a customer has one row of a month, category and payment type, so rows are customers */
create temp table finest_cells as
select
    spends.month,
    spends.category,
    spends.payment_type,
    customers.age_group,
    customers.gender,
    customers.marital_status,
    customers.city,
    customers.occupation,
    count(*) filter (where spends.spend > 0) as customers,
    cast(sum(spends.spend) as double) as spend_amount
from spends
inner join customers
    on spends.customer_id = customers.customer_id
group by all;

create temp table monthly_spend as
select
    attribute,
    attribute_value,
    month,
    category,
    payment_type,
    sum(customers) as customers,
    sum(spend_amount) as spend_amount
from (select *, 'all' as "all" from finest_cells)
unpivot (attribute_value for attribute in ("all", age_group, gender, marital_status, city, occupation))
group by all;

/* who spends on the same in several months is one customer */
create temp table group_spend as
select
    attribute,
    attribute_value,
    category,
    payment_type,
    sum(customers) as customers,
    sum(spend_amount) as spend_amount
from (
    select
        kinds.category,
        kinds.payment_type,
        customers.age_group,
        customers.gender,
        customers.marital_status,
        customers.city,
        customers.occupation,
        'all' as "all",
        count(*) filter (where kinds.has_spent) as customers,
        cast(sum(kinds.spend_amount) as double) as spend_amount
    from (
        select
            customer_id,
            category,
            payment_type,
            max(spend) > 0 as has_spent,
            sum(spend) as spend_amount
        from spends
        group by customer_id, category, payment_type
    ) as kinds
    inner join customers
        on kinds.customer_id = customers.customer_id
    group by all
)
unpivot (attribute_value for attribute in ("all", age_group, gender, marital_status, city, occupation))
group by all;
