"""Write dbt's docs with charts of the published file after `dbt docs generate`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from card_segments.cli.preflight import PreflightError, published_folder, read_variables
from card_segments.publishing.folder import DATABASE_NAME
from card_segments.report.dbt_docs import DocsError, serve, write_docs


def main(arguments: list[str] | None = None) -> int:
    """Write the docs, say where they are, and serve them if asked to."""
    parser = argparse.ArgumentParser(prog="python -m card_segments.cli.docs", description=__doc__)
    parser.add_argument("--vars", default="{}", help="the variables given to dbt, as YAML")
    parser.add_argument("--target", default="target", type=Path, help="dbt's target folder")
    parser.add_argument("--serve", action="store_true", help="serve them on this machine")
    parser.add_argument("--port", default=8080, type=int)
    options = parser.parse_args(arguments)
    folder = options.target / "docs"
    try:
        published = published_folder(read_variables(options.vars)) / DATABASE_NAME
        page = write_docs(options.target, published, folder)
        print(f"The docs are in {page}; it opens from disk, with no network.", flush=True)
        if options.serve:
            serve(folder, options.port)
    except (DocsError, PreflightError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
