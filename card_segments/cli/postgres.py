"""Copy the published tables into PostgreSQL, which CARD_SEGMENTS_DSN names, all or nothing."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from card_segments.publishing import PublishingError
from card_segments.publishing.postgres import (
    DEFAULT_SCHEMA,
    DEFAULT_SHARED_SCHEMA,
    LOCK_TIMEOUT,
    publish_to_postgres,
)

# No option: the list of processes shows those to everybody, and the DSN may hold a password.
DSN_VARIABLE = "CARD_SEGMENTS_DSN"


def main(arguments: list[str] | None = None) -> int:
    """Copy the publication, and say what is there now or what to do."""
    parser = argparse.ArgumentParser(
        prog="python -m card_segments.cli.postgres", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("--published", type=Path, default=Path("published/cards.duckdb"))
    parser.add_argument("--schema", default=DEFAULT_SCHEMA, help="for every table")
    parser.add_argument(
        "--shared-schema", default=DEFAULT_SHARED_SCHEMA, help="for the aggregates alone"
    )
    parser.add_argument(
        "--readers", default="", help="roles that may read the aggregates, separated by commas"
    )
    parser.add_argument(
        "--customer-readers", default="", help="roles that may see customers, separated by commas"
    )
    parser.add_argument("--lock-timeout", default=LOCK_TIMEOUT, help="such as 30s or 5min")
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        # argparse would repeat it, with the password
        print(
            "An argument is none of the options that --help lists: say where PostgreSQL is in the "
            f"environment variable {DSN_VARIABLE}, and nowhere else.",
            file=sys.stderr,
        )
        return 2
    dsn = os.environ.get(DSN_VARIABLE)
    if not dsn:
        print(
            f"Say where PostgreSQL is in the environment variable {DSN_VARIABLE}, such as "
            "postgresql://user@host:5432/database",
            file=sys.stderr,
        )
        return 1
    try:
        copied = publish_to_postgres(
            options.published,
            dsn,
            options.schema,
            _roles(options.customer_readers),
            options.lock_timeout,
            options.shared_schema,
            _roles(options.readers),
        )
    except PublishingError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        schemas = f"{options.schema} and {options.shared_schema}"
        print(f"Stopped; the schemas {schemas} are as they were.", file=sys.stderr)
        return 130
    build = f" of build {copied.build_id}" if copied.build_id else ""
    print(f"Published {copied.tables} tables, {copied.rows:,} rows{build}, to {copied.target}:")
    print(f"  schema {options.schema} holds all of them, for those who may see customers")
    aggregates = f"the {copied.shared_tables} aggregates for everyone else"
    print(f"  schema {options.shared_schema} holds {aggregates}")
    return 0


def _roles(text: str) -> list[str]:
    return [role.strip() for role in text.split(",") if role.strip()]


if __name__ == "__main__":
    sys.exit(main())
