"""Write the report page: python -m card_segments.cli.report --published published/cards.duckdb."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb
from jinja2 import UndefinedError

from card_segments.cli.preflight import PreflightError, published_folder, read_variables
from card_segments.publishing.folder import (
    DATABASE_NAME,
    REPORT_NAME,
    PublishingError,
    as_published,
    reason,
    take_group,
)
from card_segments.report.write import write_report


def main(arguments: list[str] | None = None) -> int:
    """Write the page beside the published file, or where it is told to."""
    parser = argparse.ArgumentParser(prog="python -m card_segments.cli.report", description=__doc__)
    parser.add_argument(
        "--published", type=Path, help="the published file (cards.duckdb in published_dir)"
    )
    parser.add_argument("--output", type=Path, help="the page (report.html beside the file)")
    parser.add_argument("--vars", default="{}", help="the variables given to dbt, as YAML")
    options = parser.parse_args(arguments)
    try:
        folder = published_folder(read_variables(options.vars))
    except PreflightError as error:
        print(error, file=sys.stderr)
        return 1
    published = options.published or folder / DATABASE_NAME
    if not published.is_file():
        print(
            f"There is no published file {published}. Run `make build` first, or name another one "
            "with --published.",
            file=sys.stderr,
        )
        return 1
    output = options.output or published.with_name(REPORT_NAME)
    try:
        with as_published(published, "writing the report page"):
            take_group(write_report(published, output))
    except PublishingError as error:
        print(error, file=sys.stderr)
        return 1
    except (duckdb.Error, UndefinedError) as error:
        print(
            f"{published} cannot be read as a publication of this project: "
            f"{reason(error)}. Run `make rebuild` to publish it anew.",
            file=sys.stderr,
        )
        return 1
    except OSError as error:
        print(
            f"The page could not be written to {output}: {error.strerror}. Check that its folder "
            "exists, is writable and has room.",
            file=sys.stderr,
        )
        return 1
    print(f"{output}  ({output.stat().st_size / 1e6:.1f} MB); open it in a browser")
    return 0


if __name__ == "__main__":
    sys.exit(main())
