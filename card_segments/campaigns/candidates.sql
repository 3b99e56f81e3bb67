-- One row per customer of a segment: whether an action may speak to the customer, or why not. `make campaign` runs this
-- on published/cards.duckdb, once. $segment_key and $action are what is asked for; the other parameters are settings of
-- `make campaign`, $listed_on is today, and $late_payment_days is the variable of that name.
--
-- Two tables come with the command: earlier_lists, who stands on the lists of the folder, and vulnerability_signs, the
-- rows of seeds/reference/segment_vulnerability_signs.csv.
with

action as (

    select
        recommendation_key,
        stage,
        /* what is offered to customers, and not done for them */
        is_upsell or stage = 'grow' as is_offer,
        /* help is kept from nobody, be it near a border, to compare with, or because of another list */
        stage = 'protect' as is_help
    from segment_recommendations
    where segment_key = $segment_key and recommendation_key = $action

),

/* a population is named after its segmentations; the same identifier in another one is somebody else */
members as (

    select
        customers.population,
        members.customer_id,
        members.segment_key,
        members.segment_name,
        members.margin,
        drivers.reason,
        /* what is known of the customer's own signs of need, in the order of segment_vulnerability_signs */
        coalesce(customers.is_vulnerable, false)
        or coalesce(customers.income_utilisation_pct >= signs.income_utilisation_pct, false)
        or coalesce(customers.minimum_payment_answer = 'Yes', false)
        or coalesce(customers.payment_delay_days > $late_payment_days, false) as is_vulnerable,
        customers.card_usage_segment_key is not null and customers.is_vulnerable is null as is_perhaps_vulnerable
    from segment_members as members
    inner join customer_segments as customers
        on
            members.customer_id = customers.customer_id
            and list_contains(string_split(customers.population, ' + '), members.segmentation)
    left join segment_drivers as drivers
        on
            members.segmentation = drivers.segmentation
            and members.customer_id = drivers.customer_id
    cross join (
        select min(threshold) as income_utilisation_pct
        from vulnerability_signs
        where metric = 'income_utilisation_pct' and statistic = 'mean'
    ) as signs
    where members.segment_key = $segment_key

),

/* the customer's segment of another segmentation may not be offered more */
held_back_elsewhere as (

    select distinct members.customer_id
    from members
    inner join segment_members as others
        on
            members.customer_id = others.customer_id
            and members.segment_key <> others.segment_key
            and list_contains(string_split(members.population, ' + '), others.segmentation)
    inner join segment_recommendations as recommendations
        on others.segment_key = recommendations.segment_key
    where not recommendations.is_offer_allowed

),

/* columns of the bank's files, passed through; what cannot be read counts against a contact */
said as (

    select
        members.customer_id,
        bool_or(
            attributes.attribute = $opted_out_column
            and lower(trim(attributes.attribute_value)) not in ('no', 'n', 'false', 'f', '0', '')
        ) as is_opted_out,
        bool_or(
            attributes.attribute = $contacted_column
            and coalesce(try_cast(attributes.attribute_value as date) > $listed_on - $contact_days, true)
        ) as is_contacted
    from members
    inner join segment_member_attributes as attributes
        on
            members.customer_id = attributes.customer_id
            and list_contains(string_split(members.population, ' + '), attributes.segmentation)
    group by members.customer_id

),

/* whom a list of these days speaks to, and whom one of the same action keeps to compare with */
listed as (

    select distinct members.customer_id
    from members
    inner join earlier_lists
        on
            members.customer_id = earlier_lists.customer_id
            and list_has_any(string_split(members.population, ' + '), string_split(earlier_lists.population, ' + '))
    where
        earlier_lists.listed_on > $listed_on - $contact_days
        and (not earlier_lists.is_control or earlier_lists.recommendation_key = $action)

),

/* the first reason counts */
checked as (

    select
        members.population,
        members.customer_id,
        members.segment_key,
        members.segment_name,
        action.recommendation_key,
        members.reason,
        case
            when said.is_opted_out then 'opted_out'
            when action.is_offer and members.is_vulnerable then 'vulnerable'
            when action.is_offer and members.is_perhaps_vulnerable then 'perhaps_vulnerable'
            when action.is_offer and held_back_elsewhere.customer_id is not null then 'held_back_elsewhere'
            when action.is_help then null
            when members.margin is null or members.margin < $border_margin then 'near_border'
            when said.is_contacted or listed.customer_id is not null then 'recently_contacted'
        end as exclusion,
        members.margin,
        action.is_help
    from members
    cross join action
    left join held_back_elsewhere
        on members.customer_id = held_back_elsewhere.customer_id
    left join said
        on members.customer_id = said.customer_id
    left join listed
        on members.customer_id = listed.customer_id

),

/* a share by hash: the same customers for the same action, today and in every later list, in whatever segment */
drawn as (

    select
        population,
        customer_id,
        segment_key,
        segment_name,
        recommendation_key,
        reason,
        exclusion,
        case
            when exclusion is not null then 'excluded'
            when is_help then 'contact'
            when
                cast('0x' || substr(sha256(concat_ws('|', $salt, $action, customer_id)), 1, 8) as ubigint)
                < $control_share * 4294967296
                then 'control'
            else 'contact'
        end as list_group,
        round(margin, 4) as margin,
        cast($listed_on as date) as listed_on
    from checked

)

select * from drawn
order by customer_id
