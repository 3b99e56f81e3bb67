with

reconciled as (

    select
        sum(spend_amount) as spend_amount,
        sum(gross_spend_amount) as gross_spend_amount,
        sum(received_transactions + rejected_rows + later_transactions) as received_rows
    from {{ ref('transaction_reconciliation') }}

),

summed as (

    select
        coalesce(cast({{ exact_sum('spend_amount') }} as decimal(38, 4)), 0) as spend_amount,
        coalesce(cast({{ exact_sum('gross_spend_amount') }} as decimal(38, 4)), 0) as gross_spend_amount
    from {{ ref('int_transactions_summed') }}

),

read_rows as (

    select sum(read_rows) as received_rows
    from {{ ref('int_input_rows') }}
    where input_name = 'card_transactions'

)

select
    reconciled.*,
    summed.spend_amount as summed_spend_amount,
    summed.gross_spend_amount as summed_gross_spend_amount,
    read_rows.received_rows as read_rows
from reconciled
cross join summed
cross join read_rows
where
    not coalesce(
        reconciled.spend_amount = summed.spend_amount
        and reconciled.gross_spend_amount = summed.gross_spend_amount
        and reconciled.received_rows = read_rows.received_rows,
        false
    )
