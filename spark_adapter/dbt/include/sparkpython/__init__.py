"""Where the macros of the adapter are."""

from pathlib import Path

PACKAGE_PATH = str(Path(__file__).parent)
