"""Write customers and spends as the accounts and transactions of a bank that mean exactly the same.

Usage: ``python -m tools.write_bank_events [--inputs FOLDER] [--output FOLDER] [--parquet]``

``customers`` is copied. Each row of ``spends`` that can be used (an amount of 0 or more, the first
of its key) becomes the records of one shape of ``SHAPES``: a purchase or a few, some given back in
part, authorised and posted, declined, reversed, pending or paid in instalments; their net amount is
the spend. Beside them each customer has every month what is no spend (``OTHER_EVENTS``). Accounts
say whose a transaction is; a third of the customers have two credit cards, some a joint holder.

Every choice is a slice of the MD5 of a key, so the same inputs give the same files with any version
of DuckDB, and DuckDB streams, so that ten million transactions are written in a minute.
"""

import argparse
import shutil
from collections.abc import Sequence
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
    ('paid in instalments', 1, 'Sale', 'Posted', 'Debit', 1, 0, 0, 0, 1, null, 3, null),
    ('paid in instalments', 2, 'Instalment billing', 'Posted', 'Debit', 0, 1, 0, 30, 2, 1, 3, 1),
    ('paid in instalments', 3, 'Instalment billing', 'Posted', 'Debit', 0, 1, 0, 60, 3, 1, 3, 2),
    ('paid in instalments', 4, 'Instalment billing', 'Posted', 'Debit', 1, -2, 0, 90, 4, 1, 3, 3)
"""

# kind, transaction type, direction, account, customers in a hundred who have it in a month, least
# and largest amount, merchant category code. Advances and their fees are of the same customers.
OTHER_EVENTS = """
    ('salary', 'Salary', 'Credit', 'D', 100, 20000, 90000, null),
    ('payment', 'Payment', 'Credit', 'C', 96, 2000, 40000, null),
    ('repayment', 'Transfer out', 'Debit', 'D', 96, 2000, 40000, null),
    ('transfer', 'UPI transfer', 'Debit', 'D', 60, 100, 5000, null),
    ('rent', 'Standing order', 'Debit', 'D', 50, 5000, 20000, null),
    ('cash', 'ATM withdrawal', 'Debit', 'D', 70, 500, 10000, '6011'),
    ('advance', 'Cash advance', 'Debit', 'C', 8, 1000, 9000, '6010'),
    ('advance', 'Cash advance fee', 'Debit', 'C', 8, 50, 450, null),
    ('late', 'Late fee', 'Debit', 'C', 5, 100, 900, null),
    ('interest', 'Interest charge', 'Debit', 'C', 20, 20, 2000, null),
    ('reward', 'Rewards credit', 'Credit', 'C', 10, 10, 500, null)
"""

STEPS = (
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
    create table holders as
    select customer_id, row_number() over (order by customer_id) as holder_number,
        draw_of(customer_id) as draw
    from (select trim(customer_id) as customer_id from spends group by all)
    """,
    """
    create table accounts as
    with kinds (kind_mark, kind, product, one_in) as (
        values
            ('C', 'Credit card', 'Classic', 1),
            ('G', 'Credit card', 'Gold', 3),
            ('D', 'Current', 'Everyday', 1)
    )
    select
        'A' || lpad(holder_number::varchar, 7, '0') || kind_mark as account_id,
        customer_id,
        'primary' as holder,
        kind,
        product,
        '{currency}' as currency,
        if(kind_mark = 'D', null, 20000 + 10000 * slice(draw, 3, 30)) as credit_limit,
        1 as cards,
        cast('{year}-01-01' as date) - to_months(slice(draw, 90, 120)) as opened,
        null as closed,
        'Open' as status
    from holders
    inner join kinds on slice(draw, 1, one_in) = 0
    """,
    """
    insert into accounts
    select accounts.* replace (joint.customer_id as customer_id, 'joint' as holder)
    from holders
    inner join holders as joint on holders.holder_number + 1 = joint.holder_number
    inner join accounts on holders.customer_id = accounts.customer_id and accounts.kind = 'Current'
    where slice(holders.draw, 10800, 50) = 0
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
        marks.shape,
        slice(draw, 1000, marks.days) as day,
        if(is_first, cell, cell - 1) as cell_before,
        'A' || lpad(holder_number::varchar, 7, '0') || case
            when payment_type <> 'Credit Card' then 'D'
            when slice(holder_draw, 1, 3) = 0 and slice(draw, 7, 2) = 0 then 'G'
            else 'C'
        end as account_id
    from (
        select
            spends.*, holder_number, holders.draw as holder_draw,
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
        instalments,
        instalment_number,
        case named_record
            when 0 then 'T' || lpad(cell_before::varchar, 11, '0') || 1
            else 'T' || lpad(cell::varchar, 11, '0') || named_record
        end as original_transaction_id
    from cells
    inner join records using (shape)
    inner join codes
        on lower(cells.category) = codes.category and cells.draw % codes.codes = codes.code_number
    """,
    """
    create view others as
    with months as (select distinct spend_month from spends),
    events (kind, transaction_type, direction, account, percent, least, most, code) as (
        values {other_events}
    ),
    drawn as (
        select *, draw_of(concat_ws('|', customer_id, spend_month::date, kind)) as draw
        from holders cross join months cross join events
    )
    select
        'E' || lpad(holder_number::varchar, 7, '0') || strftime(spend_month, '%y%m')
            || upper(left(md5(transaction_type), 3)) as transaction_id,
        'A' || lpad(holder_number::varchar, 7, '0') || account as account_id,
        if(account = 'C', 1, null) as card_id,
        spend_month + to_days(slice(draw, 100, 28)) + to_minutes(slice(draw, 2800, 1440))
            as transaction_date,
        transaction_type,
        'Posted' as status,
        null as decline_reason,
        direction,
        (least * 100 + slice(draw, 4032000, (most - least) * 100)) as cents,
        code as merchant_category_code,
        null as merchant,
        null as channel,
        null as payment_type,
        null as instalments,
        null as instalment_number,
        null as original_transaction_id
    from drawn
    where slice(draw, 1, 100) < percent
    """,
)

TRANSACTIONS = """
    select
        transaction_id,
        account_id,
        card_id,
        transaction_date,
        if(status = 'Posted', transaction_date::date + 1 + (cents % 3)::integer, null)
            as posting_date,
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
    from (from purchases union all by name from others)
    order by transaction_date, transaction_id, status
"""


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


def write_events(
    inputs: Path, output: Path, parquet: bool = False, currency: str = "INR", year: int = 2023
) -> None:
    """Write customers, card_accounts and card_transactions into a folder."""
    output.mkdir(parents=True, exist_ok=True)
    settings = {"memory_limit": "4GB", "temp_directory": str(output / "spill")}
    values = {
        "spends": relation(find(inputs, "spends")),
        "merchant_categories": MERCHANT_CATEGORIES,
        "shapes": ", ".join(
            f"({position}, '{shape}', {share}, {days})"
            for position, (shape, (share, days)) in enumerate(SHAPES.items())
        ),
        "records": RECORDS,
        "other_events": OTHER_EVENTS,
        "currency": currency,
        "year": year,
    }
    with duckdb.connect(config=settings) as connection:
        for step in STEPS:
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
        accounts = "from accounts order by account_id, holder desc"
        for name, query in (("card_accounts", accounts), ("card_transactions", TRANSACTIONS)):
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
