"""Write customers and spends as the events of a bank: accounts, transactions, statements, contacts.

Usage: ``python -m tools.write_bank_events [--inputs FOLDER] [--output FOLDER] [--parquet]``

``customers`` is copied. Each row of ``spends`` that can be used (an amount of 0 or more, the first
of its key) becomes the records of one shape of ``SHAPES``: a purchase or a few, some given back in
part, authorised and posted, declined, reversed, pending or paid in instalments; their net amount is
the spend. Beside them each customer has every month what is no spend (``OTHER_EVENTS``). Accounts
say whose a transaction is; a third of the customers have two credit cards, some a joint holder.

Three behaviours of each customer are planted, ``planted_segments`` tells which: how the card is
used (``CARD_USAGE``), how statements are paid (``REPAYMENT``, which goes with the usage: who pays
in full is never overdue) and what the relationship to the bank is (``RELATIONSHIPS``).

Each credit account has a statement on the last day of the months of the spends and of the month
before. To the cent, and for every statement that follows another of its account:

- closing balance = last closing balance + debits - credits, over the transactions with the status
  Posted whose posting date is in the month, all but the billing of instalments: a purchase is on
  the balance whole, however it is paid;
- paid amount = payments posted in the month after the statement, on its paid date;
- fees and interest = transactions of these kinds posted in the month.

Every choice is a slice of the MD5 of a key and every amount a whole number of cents, so the same
inputs give the same files with any version of DuckDB, and DuckDB streams, so that ten million
transactions are written in a minute.
"""

import argparse
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

REPOSITORY = Path(__file__).resolve().parents[1]
DEFAULT_INPUTS = REPOSITORY / "seeds" / "inputs"
DEFAULT_OUTPUT = REPOSITORY / "samples" / "bank_events"
MERCHANT_CATEGORIES = REPOSITORY / "seeds" / "reference" / "merchant_categories.csv"

# Share of the spends in per mille, and the days of a month on which the first purchase may be: a
# refund is in the month of its spend, so what it gives back is bought before.
SHAPES = {
    "purchase": (840, 28),
    "two purchases": (50, 28),
    "three purchases": (15, 28),
    "authorised and posted": (20, 28),
    "partial refund": (15, 18),
    "unnamed refund": (5, 18),
    "refund of last month": (10, 18),
    "declined before": (15, 28),
    "reversed": (10, 18),
    "voided": (5, 28),
    "pending": (5, 28),
    "authorised only": (5, 28),
    "paid in instalments": (5, 28),
}

# shape, record, transaction type, status, direction; the amount as multiples of the spend, of three
# tenths of it and of an extra amount; days after the first; the record whose id it bears and that
# it names (0: the first of the month before); instalments of the plan and which of them it bills.
RECORDS = """
    ('purchase', 1, 'Sale', 'Posted', 'Debit', 1, 0, 0, 0, 1, null, null, null),
    ('two purchases', 1, 'Sale', 'Posted', 'Debit', 1, -1, 0, 0, 1, null, null, null),
    ('two purchases', 2, 'Sale', 'Posted', 'Debit', 0, 1, 0, 0, 2, null, null, null),
    ('three purchases', 1, 'Sale', 'Posted', 'Debit', 1, -2, 0, 0, 1, null, null, null),
    ('three purchases', 2, 'Sale', 'Posted', 'Debit', 0, 1, 0, 0, 2, null, null, null),
    ('three purchases', 3, 'Sale', 'Posted', 'Debit', 0, 1, 0, 0, 3, null, null, null),
    ('authorised and posted', 1, 'Sale', 'Approved', 'Debit', 1, 1, 0, 0, 1, null, null, null),
    ('authorised and posted', 2, 'Sale', 'Posted', 'Debit', 1, 0, 0, 5, 1, null, null, null),
    ('partial refund', 1, 'Sale', 'Posted', 'Debit', 1, 0, 1, 0, 1, null, null, null),
    ('partial refund', 2, 'Return', 'Posted', 'Credit', 0, 0, 1, 7, 2, 1, null, null),
    ('unnamed refund', 1, 'Sale', 'Posted', 'Debit', 1, 0, 1, 0, 1, null, null, null),
    ('unnamed refund', 2, 'Return', 'Posted', 'Credit', 0, 0, 1, 7, 2, null, null, null),
    ('refund of last month', 1, 'Sale', 'Posted', 'Debit', 1, 0, 1, 0, 1, null, null, null),
    ('refund of last month', 2, 'Return', 'Posted', 'Credit', 0, 0, 1, 0, 2, 0, null, null),
    ('declined before', 1, 'Sale', 'Posted', 'Debit', 1, 0, 0, 0, 1, null, null, null),
    ('declined before', 2, 'Sale', 'Declined', 'Debit', 1, 0, 0, 0, 2, null, null, null),
    ('reversed', 1, 'Sale', 'Posted', 'Debit', 1, 0, 0, 0, 1, null, null, null),
    ('reversed', 2, 'Sale', 'Posted', 'Debit', 0, 0, 1, 0, 2, null, null, null),
    ('reversed', 3, 'Reversal', 'Posted', 'Credit', 0, 0, 1, 2, 3, 2, null, null),
    ('voided', 1, 'Sale', 'Posted', 'Debit', 1, 0, 0, 0, 1, null, null, null),
    ('voided', 2, 'Sale', 'Reversed', 'Debit', 0, 0, 1, 0, 2, null, null, null),
    ('pending', 1, 'Sale', 'Posted', 'Debit', 1, 0, 0, 0, 1, null, null, null),
    ('pending', 2, 'Sale', 'Pending', 'Debit', 0, 0, 1, 0, 2, null, null, null),
    ('authorised only', 1, 'Sale', 'Posted', 'Debit', 1, 0, 0, 0, 1, null, null, null),
    ('authorised only', 2, 'Sale', 'Approved', 'Debit', 0, 0, 1, 0, 2, null, null, null),
    ('bought in instalments', 1, 'Sale', 'Posted', 'Debit', 1, 0, 0, 0, 1, null, null, null),
    ('paid in instalments', 1, 'Sale', 'Posted', 'Debit', 1, 0, 0, 0, 1, null, 3, null),
    ('paid in instalments', 2, 'Instalment billing', 'Posted', 'Debit', 0, 1, 0, 30, 2, 1, 3, 1),
    ('paid in instalments', 3, 'Instalment billing', 'Posted', 'Debit', 0, 1, 0, 60, 3, 1, 3, 2),
    ('paid in instalments', 4, 'Instalment billing', 'Posted', 'Debit', 1, -2, 0, 90, 4, 1, 3, 3)
"""

# kind, transaction type, direction, account, customers in a hundred who have it in a month (null:
# as many as their card usage says), least and largest amount, merchant category code. Advances and
# their fees are of the same customers.
OTHER_EVENTS = """
    ('salary', 'Salary', 'Credit', 'D', 100, 20000, 90000, null),
    ('transfer', 'UPI transfer', 'Debit', 'D', 60, 100, 5000, null),
    ('rent', 'Standing order', 'Debit', 'D', 50, 5000, 20000, null),
    ('cash', 'ATM withdrawal', 'Debit', 'D', 70, 500, 10000, '6011'),
    ('advance', 'Cash advance', 'Debit', 'C', null, 1000, 9000, '6010'),
    ('advance', 'Cash advance fee', 'Debit', 'C', null, 50, 450, null),
    ('reward', 'Rewards credit', 'Credit', 'C', 10, 10, 500, null)
"""

# card usage, customers in a hundred, purchases in a hundred that are bought in instalments, months
# in a hundred with a cash advance, what is paid of a balance at least and at most, in a hundred (0:
# the minimum), those who come to owe much, and of these those who are overdue, in a hundred
CARD_USAGE = """
    ('transactors', 34, 0, 0, 100, 100, 0),
    ('instalment buyers', 24, 90, 0, 40, 70, 0),
    ('revolvers', 22, 0, 0, 0, 0, 20),
    ('cash-advance users', 20, 0, 85, 6, 9, 96)
"""

# repayment, statements in a hundred that are paid late, days late at least and at most (they are
# paid before the next statement), statements in a thousand that are not paid at all, use of the
# limit towards the end in a hundred, at least and at most
REPAYMENT = """
    ('reliable', 3, 1, 3, 0, null, null),
    ('stretched', 6, 1, 4, 0, 55, 74),
    ('overdue', 85, 3, 13, 10, 86, 98)
"""

# relationship, customers in a hundred, limit of an account in ten thousands and cards of the first
# account, at least and at most
RELATIONSHIPS = """
    ('branch visitors', 54, 18, 30, 3, 5),
    ('callers', 34, 10, 18, 1, 3),
    ('online', 12, 40, 60, 5, 8)
"""

# relationship, channel, contacts in the twelve months up to the last, at least and at most
CONTACTS = """
    ('branch visitors', 'Branch', 2, 5),
    ('branch visitors', 'Online', 0, 2),
    ('branch visitors', 'Call', 0, 3),
    ('callers', 'Branch', 0, 2),
    ('callers', 'Online', 1, 4),
    ('callers', 'Call', 5, 10),
    ('online', 'Branch', 0, 1),
    ('online', 'Online', 8, 15),
    ('online', 'Call', 0, 2)
"""

# Steps that draw the customers and what is planted in them.
HOLDERS = (
    "create macro draw_of(key) as cast(md5_number_lower(key) >> 1 as bigint)",
    # numbers of 0 to below n; slices of one draw are independent where `skip` is the product of
    # the n of those before
    "create macro slice(draw, skip, n) as cast((draw // skip) % n as integer)",
    """
    create table spends as
    select
        trim(customer_id) as customer_id,
        trim(category) as category,
        trim(payment_type) as payment_type,
        coalesce(
            try_strptime('1 ' || trim(month) || ' {year}', '%-d %B %Y'),
            date_trunc('month', try_cast(
                if(length(trim(month)) = 7, trim(month) || '-01', month) as timestamp
            ))
        ) as spend_month,
        cast(round(try_cast(replace(spend, ',', '') as decimal(18, 4)) * 100) as bigint) as cents
    from (select columns(*)::varchar, row_number() over () as position from {spends})
    where try_cast(replace(spend, ',', '') as decimal(18, 4)) >= 0
    qualify row_number() over (partition by all_keys order by position) = 1
    """.replace("all_keys", "customer_id, month, category, payment_type"),
    """
    create table card_usages as
    select *, sum(share) over (order by position) - share as first_mark
    from (
        select row_number() over () as position, *
        from (values {card_usage}) as usages (
            card_usage, share, instalment_percent, cash_percent, least_paid, most_paid,
            overdue_percent
        )
    )
    """,
    """
    create table relationships as
    select *, sum(share) over (order by position) - share as first_mark
    from (
        select row_number() over () as position, *
        from (values {relationships}) as relationships (
            relationship, share, least_limit, most_limit, least_cards, most_cards
        )
    )
    """,
    """
    create table repayments as
    from (values {repayment}) as repayments (
        repayment, late_percent, least_late, most_late, missed_per_mille, least_use, most_use
    )
    """,
    # one in twenty of the others buys something in instalments, and one in twenty takes cash
    """
    create table holders as
    select
        numbered.*,
        card_usage,
        case
            when card_usage in ('transactors', 'instalment buyers') then 'reliable'
            when slice(behaviour, 10000, 100) < overdue_percent then 'overdue'
            else 'stretched'
        end as repayment,
        relationship,
        greatest(instalment_percent, if(slice(behaviour, 1000000, 20) = 0, 4, 0))
            as instalment_percent,
        greatest(cash_percent, if(slice(behaviour, 20000000, 20) = 0, 15, 0)) as cash_percent,
        least_paid,
        most_paid
    from (
        select
            customer_id,
            row_number() over (order by customer_id) as holder_number,
            draw_of(customer_id) as draw,
            draw_of('behaviour|' || customer_id) as behaviour
        from (select trim(customer_id) as customer_id from spends group by all)
    ) as numbered
    inner join card_usages
        on slice(behaviour, 1, 100) >= card_usages.first_mark
        and slice(behaviour, 1, 100) < card_usages.first_mark + card_usages.share
    inner join relationships
        on slice(behaviour, 100, 100) >= relationships.first_mark
        and slice(behaviour, 100, 100) < relationships.first_mark + relationships.share
    """,
)

# Steps that make events of what was drawn.
EVENTS = (
    """
    create table months as
    select row_number() over (order by month) as number, month
    from (
        select unnest(
            generate_series(min(spend_month), max(spend_month), interval 1 month)
        )::date as month
        from spends
    )
    """,
    """
    create table codes as
    select lower(category) as category, first_code as code,
        row_number() over (partition by category order by first_code) - 1 as code_number,
        count(*) over (partition by category) as codes
    from read_csv('{merchant_categories}', all_varchar = true)
    where transaction_type = 'purchase'
    """,
    """
    create table shapes as
    select shape, days, sum(share) over (order by position) - share as first_mark, share
    from (values {shapes}) as shares (position, shape, share, days)
    """,
    """
    create table marks as
    select range as mark, shape, days
    from range(1000) inner join shapes on range >= first_mark and range < first_mark + share
    """,
    """
    create table records as
    from (values {records}) as records (
        shape, record, transaction_type, status, direction, spends, parts, extras, later,
        id_record, named_record, instalments, instalment_number
    )
    """,
    # the rows of one customer, category and payment type follow each other by month
    """
    create table cells as
    select
        cell,
        cents,
        100 + slice(draw, 28000, 100000) as extra_cents,
        spend_month,
        payment_type,
        category,
        draw,
        case
            when payment_type <> 'Credit Card' then marks.shape
            when marks.shape not in ('purchase', 'paid in instalments') then marks.shape
            when slice(draw, 2800000000, 100) >= instalment_percent then 'purchase'
            when marks.shape = 'purchase' then 'bought in instalments'
            else marks.shape
        end as shape,
        slice(draw, 1000, marks.days) as day,
        if(is_first, cell, cell - 1) as cell_before,
        'A' || lpad(holder_number::varchar, 7, '0') || case
            when payment_type <> 'Credit Card' then 'D'
            when slice(holder_draw, 1, 3) = 0 and slice(draw, 7, 2) = 0 then 'G'
            else 'C'
        end as account_id
    from (
        select
            spends.*, holder_number, holders.draw as holder_draw, instalment_percent,
            draw_of(concat_ws('|', customer_id, category, payment_type, spend_month::date)) as draw,
            holder_number * 10000 + row_number() over of_holder as cell,
            lag((category, payment_type)) over of_holder
                is distinct from (category, payment_type) as is_first
        from spends inner join holders using (customer_id)
        window of_holder as (
            partition by holder_number order by category, payment_type, spend_month
        )
    )
    inner join marks on slice(draw, 1, 1000) = marks.mark
    """,
    """
    create view purchases as
    select
        'T' || lpad(cell::varchar, 11, '0') || id_record as transaction_id,
        account_id,
        1 as card_id,
        spend_month + to_days(day + later) + to_minutes(slice(draw, 1000000, 1380) + record)
            as transaction_date,
        if(status = 'Posted', transaction_date::date + 1 + (cells.cents % 3)::integer, null)
            as posting_date,
        transaction_type,
        status,
        if(status = 'Declined', 'Insufficient funds', null) as decline_reason,
        direction,
        (spends * cents + parts * (cents * 3 // 10) + extras * extra_cents) as cents,
        if(named_record is null, code, null) as merchant_category_code,
        if(named_record is null, 'Merchant ' || code || '-' || slice(draw, 28, 40), null)
            as merchant,
        case slice(draw, 28000, 3) when 0 then 'Online' when 1 then 'Chip' else 'Contactless' end
            as channel,
        if(payment_type in ('Credit Card', 'Debit Card'), null, payment_type) as payment_type,
        if(shape = 'bought in instalments', 3 * (1 + slice(draw, 280000000000, 4)), instalments)
            as instalments,
        instalment_number,
        case named_record
            when 0 then 'T' || lpad(cell_before::varchar, 11, '0') || 1
            else 'T' || lpad(cell::varchar, 11, '0') || named_record
        end as original_transaction_id
    from cells
    inner join records using (shape)
    inner join codes
        on lower(cells.category) = codes.category and cells.draw % codes.codes = codes.code_number
    -- what is later than the month after the last has not happened yet
    where spend_month + to_days(day + later) < (select max(month) + interval 2 months from months)
    """,
    """
    create view others as
    with events (kind, transaction_type, direction, account, percent, least, most, code) as (
        values {other_events}
    ),
    drawn as (
        select * replace (draw_of(concat_ws('|', customer_id, month, kind)) as draw)
        from holders cross join months cross join events
    )
    select
        'E' || lpad(holder_number::varchar, 7, '0') || strftime(month, '%y%m')
            || upper(left(md5(transaction_type), 3)) as transaction_id,
        'A' || lpad(holder_number::varchar, 7, '0') || account as account_id,
        if(account = 'C', 1, null) as card_id,
        month + to_days(slice(draw, 100, 28)) + to_minutes(slice(draw, 2800, 1440))
            as transaction_date,
        transaction_date::date + 1 as posting_date,
        transaction_type,
        'Posted' as status,
        direction,
        (least * 100 + slice(draw, 4032000, (most - least) * 100)) as cents,
        code as merchant_category_code
    from drawn
    where slice(draw, 1, 100) < coalesce(percent, cash_percent)
    """,
    # what changes the balance of a credit account, but for payments, interest and late fees
    """
    create table changes as
    select
        account_id,
        date_trunc('month', posting_date)::date as month,
        sum(if(direction = 'Debit', cents, -cents))::bigint as cents,
        sum(if(transaction_type like '% fee', cents, 0))::bigint as fee_cents
    from (
        select account_id, posting_date, status, transaction_type, direction, cents from purchases
        union all
        select account_id, posting_date, status, transaction_type, direction, cents from others
    )
    where
        account_id[-1] in ('C', 'G')
        and status = 'Posted'
        and transaction_type <> 'Instalment billing'
    group by all
    """,
    # a limit leaves room for what is bought in the months of the statements
    """
    create table accounts as
    with kinds (kind_mark, kind, product, one_in) as (
        values
            ('C', 'Credit card', 'Classic', 1),
            ('G', 'Credit card', 'Gold', 3),
            ('D', 'Current', 'Everyday', 1),
            ('K', 'Credit card', 'Student', 11)
    ),
    totals as (select account_id, sum(cents)::bigint as total from changes group by account_id)
    select
        'A' || lpad(holder_number::varchar, 7, '0') || kind_mark as account_id,
        customer_id,
        'primary' as holder,
        kind,
        product,
        '{currency}' as currency,
        case
            when kind_mark in ('C', 'G') then 10000 * greatest(
                least_limit + slice(
                    draw_of(concat_ws('|', customer_id, kind_mark)), 1, most_limit - least_limit + 1
                ),
                if(repayment = 'reliable', 9, 18) * coalesce(total, 0) // 10000000 + 1
            )
            when kind_mark = 'K' then 50000
        end as credit_limit,
        if(kind_mark = 'C', least_cards + slice(draw, 1080000, most_cards - least_cards + 1), 1)
            as cards,
        (first_month - to_months(slice(draw, 90, 120) + if(kind_mark = 'K', 60, 1)))::date
            as opened,
        if(kind_mark = 'K', (opened + to_months(12 + slice(draw, 3, 30)))::date, null) as closed,
        if(kind_mark = 'K', 'Closed', 'Open') as status
    from holders
    inner join relationships using (relationship)
    cross join (select min(month) as first_month from months)
    inner join kinds on slice(draw, 1, one_in) = 0
    left join totals
        on totals.account_id = 'A' || lpad(holder_number::varchar, 7, '0') || kind_mark
    """,
    """
    insert into accounts
    select accounts.* replace (joint.customer_id as customer_id, 'joint' as holder)
    from holders
    inner join holders as joint on holders.holder_number + 1 = joint.holder_number
    inner join accounts
        on holders.customer_id = accounts.customer_id
        and accounts.account_id[-1] = if(slice(holders.draw, 540000, 2) = 0, 'D', 'C')
    where slice(holders.draw, 10800, 50) = 0
    """,
    # what is owed at first makes the use of the limit towards the end what it is to be
    """
    create table first_balances as
    select
        account_id,
        credit_limit * 100 as limit_cents,
        repayment,
        late_percent,
        least_late,
        most_late,
        missed_per_mille,
        least_paid,
        most_paid,
        case
            when repayment = 'reliable'
                then if(card_usage = 'transactors', 1, 2) * total // (select count(*) from months)
            -- of what is owed at first and of what is bought these parts are left in the end
            else least(98 * credit_limit, greatest(20 * credit_limit, (
                credit_limit * (least_use + slice(draw_of(account_id), 1, most_use - least_use + 1))
                - total * if(card_usage = 'revolvers', 101, 87) // 100
            ) * 100 // if(card_usage = 'revolvers', 103, 73)))
        end as cents
    from accounts
    inner join holders using (customer_id)
    inner join repayments using (repayment)
    inner join (select account_id, sum(cents)::bigint as total from changes group by account_id)
        using (account_id)
    where holder = 'primary'
    """,
    """
    create macro minimum_of(closing) as
        if(closing <= 0, 0, least(closing, greatest(closing // 50, 20000)))
    """,
    """
    create macro paid_of(closing, draw, repayment, missed_per_mille, least_paid, most_paid) as
        case
            when closing <= 0 or slice(draw, 1, 1000) < missed_per_mille then 0
            -- a month that is not as usual
            when slice(draw, 1000, 40) = 0
                then least(closing, if(repayment = 'reliable', 1, 3) * minimum_of(closing))
            else greatest(
                minimum_of(closing),
                closing * (least_paid + slice(draw, 40000, most_paid - least_paid + 1)) // 100
            )
        end
    """,
    """
    create macro interest_on(closing, paid) as greatest(closing - paid, 0) * 25 // 1000
    """,
    """
    create macro late_fee_of(closing, paid, draw, late_percent) as
        case
            when closing <= 0 then 0
            when paid < minimum_of(closing) or slice(draw, 1000000, 100) < late_percent then 50000
            else 0
        end
    """,
    # one month after the other: what is not paid of a balance is part of the next, with interest
    """
    create table statements as
    with recursive followed as (
        select
            *,
            0 as number,
            draw_of(account_id || '|0') as draw,
            0::bigint as interest,
            0::bigint as fees,
            paid_of(cents, draw, repayment, missed_per_mille, least_paid, most_paid)::bigint as paid
        from first_balances
        union all
        select
            * replace (
                paid_of(cents, draw, repayment, missed_per_mille, least_paid, most_paid)::bigint
                    as paid
            )
        from (
            select
                last.* replace (
                    last.number + 1 as number,
                    draw_of(concat_ws('|', account_id, last.number + 1)) as draw,
                    interest_on(last.cents, last.paid)::bigint as interest,
                    (
                        coalesce(changes.fee_cents, 0)
                        + late_fee_of(last.cents, last.paid, last.draw, last.late_percent)
                    )::bigint as fees,
                    (
                        last.cents - last.paid + coalesce(changes.cents, 0)
                        + interest_on(last.cents, last.paid)
                        + late_fee_of(last.cents, last.paid, last.draw, last.late_percent)
                    )::bigint as cents
                )
            from followed as last
            inner join months on last.number + 1 = months.number
            left join changes using (account_id, month)
        )
    )
    select
        account_id,
        number,
        (first_month + to_months(number))::date as next_month,
        next_month - 1 as statement_date,
        cents as closing,
        limit_cents,
        minimum_of(cents) as minimum_due,
        next_month + 14 as due_date,
        paid,
        case
            when paid = 0 then null
            when slice(draw, 1000000, 100) < late_percent
                then next_month + 14 + least_late
                    + slice(draw, 100000000, most_late - least_late + 1)
            else next_month + 1 + slice(draw, 100000000, 14)
        end as paid_date,
        fees,
        interest,
        interest_on(cents, paid) as next_interest,
        late_fee_of(cents, paid, draw, late_percent) as next_late_fee
    from followed cross join (select min(month) as first_month from months)
    """,
    """
    create view settlements as
    with records (mark, transaction_type, direction, account) as (
        values
            ('P', 'Payment', 'Credit', null),
            ('R', 'Transfer out', 'Debit', 'D'),
            ('L', 'Late fee', 'Debit', null),
            ('I', 'Interest charge', 'Debit', null)
    )
    select
        mark || account_id[2:] || strftime(next_month, '%y%m') as transaction_id,
        if(account is null, account_id, account_id[:-2] || account) as account_id,
        if(account is null, 1, null) as card_id,
        case mark
            when 'L' then due_date + 1
            when 'I' then last_day(next_month)
            else paid_date
        end::timestamp as transaction_date,
        transaction_date::date as posting_date,
        transaction_type,
        'Posted' as status,
        direction,
        case mark when 'L' then next_late_fee when 'I' then next_interest else paid end as cents
    from statements cross join records
    where cents > 0
    """,
    # one in forty is in a channel like a caller, and one in twenty was there the year before, too
    """
    create view contacts as
    with habits as (
        from (values {contacts}) as habits (relationship, channel, least, most)
    ),
    drawn as (
        select * replace (draw_of(concat_ws('|', customer_id, channel)) as draw)
        from holders cross join (select distinct channel from habits)
    ),
    counted as (
        select
            drawn.*,
            least + slice(draw, 800, most - least + 1) as contacts,
            unnest(range(contacts + if(slice(draw, 40, 20) = 0, 1, 0))) as contact_number
        from drawn
        inner join habits
            on drawn.channel = habits.channel
            and habits.relationship
            = if(slice(drawn.draw, 1, 40) = 0, 'callers', drawn.relationship)
    ),
    placed as (
        select
            *,
            draw_of(concat_ws('|', customer_id, channel, contact_number)) as place,
            slice(place, 1, 12) + if(contact_number = contacts, 12, 0) as months_before
        from counted
    )
    select
        channel[1] || lpad(holder_number::varchar, 7, '0') || lpad(contact_number::varchar, 2, '0')
            as contact_id,
        customer_id,
        channel,
        last_month - to_months(months_before)
            + to_days(slice(place, 12, 28)) + to_minutes(480 + slice(place, 336, 720))
            as contacted_at
    from placed cross join (select max(month) as last_month from months)
    """,
)

TRANSACTIONS = """
    select
        transaction_id,
        account_id,
        card_id,
        transaction_date,
        posting_date,
        transaction_type,
        direction,
        status,
        decline_reason,
        cast(cents / 100 as decimal(18, 2)) as amount,
        merchant_category_code,
        merchant,
        channel,
        payment_type,
        instalments,
        instalment_number,
        original_transaction_id
    from (from purchases union all by name from others union all by name from settlements)
    order by transaction_date, transaction_id, status
"""

# one account in twenty has no statement of the first month, or of the first two
STATEMENTS = """
    select
        account_id,
        statement_date,
        cast(closing / 100 as decimal(18, 2)) as closing_balance,
        cast(limit_cents / 100 as decimal(18, 0)) as credit_limit,
        cast(minimum_due / 100 as decimal(18, 2)) as minimum_due,
        due_date,
        cast(nullif(paid, 0) / 100 as decimal(18, 2)) as paid_amount,
        paid_date,
        cast(fees / 100 as decimal(18, 2)) as fees,
        cast(interest / 100 as decimal(18, 2)) as interest
    from statements
    where number >= greatest(2 - slice(draw_of(account_id), 1000, 40), 0)
    order by statement_date, account_id
"""

FILES = {
    "card_accounts": "from accounts order by account_id, holder desc",
    "card_transactions": TRANSACTIONS,
    "card_statements": STATEMENTS,
    "service_contacts": "from contacts order by contacted_at, contact_id",
}


def find(folder: Path, name: str) -> Path:
    """Return the file of an input."""
    found = [
        path for end in ("csv", "csv.gz", "parquet") if (path := folder / f"{name}.{end}").exists()
    ]
    if not found:
        raise FileNotFoundError(f"{folder} has no {name}.csv, {name}.csv.gz or {name}.parquet")
    return found[0]


def relation(path: Path) -> str:
    """Return what DuckDB reads a file with."""
    return (
        f"read_parquet('{path}')"
        if path.suffix == ".parquet"
        else f"read_csv('{path}', all_varchar = true)"
    )


@contextmanager
def drawn_customers(
    inputs: Path, currency: str, year: int, spill: Path | None = None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict]]:
    """Open a database with the customers and what is planted in them; and what fills the steps."""
    settings = {"memory_limit": "4GB", **({"temp_directory": str(spill)} if spill else {})}
    values = {
        "spends": relation(find(inputs, "spends")),
        "merchant_categories": MERCHANT_CATEGORIES,
        "shapes": ", ".join(
            f"({position}, '{shape}', {share}, {days})"
            for position, (shape, (share, days)) in enumerate(SHAPES.items())
        ),
        "records": RECORDS,
        "other_events": OTHER_EVENTS,
        "card_usage": CARD_USAGE,
        "repayment": REPAYMENT,
        "relationships": RELATIONSHIPS,
        "contacts": CONTACTS,
        "currency": currency,
        "year": year,
    }
    with duckdb.connect(config=settings) as connection:
        for step in HOLDERS:
            connection.execute(step.format(**values))
        yield connection, values


def planted_segments(inputs: Path = DEFAULT_INPUTS, year: int = 2023) -> list[tuple[str, str, str]]:
    """Return segmentation, customer and the behaviour that is planted in them."""
    with drawn_customers(inputs, "INR", year) as (connection, _):
        return connection.sql(
            "select segmentation, customer_id, planted_segment from holders "
            "unpivot (planted_segment for segmentation in (relationship, card_usage, repayment)) "
            "order by all"
        ).fetchall()


def write_events(
    inputs: Path, output: Path, parquet: bool = False, currency: str = "INR", year: int = 2023
) -> None:
    """Write customers, accounts, transactions, statements and contacts into a folder."""
    output.mkdir(parents=True, exist_ok=True)
    with drawn_customers(inputs, currency, year, output / "spill") as (connection, values):
        for step in EVENTS:
            connection.execute(step.format(**values))
        (unknown,) = connection.sql(
            "select string_agg(distinct category, ', ') from spends "
            "where lower(category) not in (select category from codes)"
        ).fetchone()
        if unknown:
            raise ValueError(f"{MERCHANT_CATEGORIES.name} has no code for {unknown}")
        ending, options = (
            ("parquet", "format parquet") if parquet else ("csv.gz", "format csv, header")
        )
        for name, query in FILES.items():
            connection.execute(f"copy ({query}) to '{output / name}.{ending}' ({options})")
    customers = find(inputs, "customers")
    shutil.copyfile(customers, output / customers.name)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the events that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--inputs", type=Path, default=DEFAULT_INPUTS, help="folder with customers and spends"
    )
    parser.add_argument("--output", type=Path, default=DEFAULT_OUTPUT)
    parser.add_argument("--parquet", action="store_true", help="Parquet instead of compressed CSV")
    options = parser.parse_args(arguments)
    write_events(options.inputs, options.output, options.parquet)


if __name__ == "__main__":
    main()
