"""Draw the picture of the segments at the top of the README, after `make build`.

Usage: ``python -m tools.draw_segments``
"""

from pathlib import Path

from card_segments.report.pictures import write_pictures

PUBLISHED, ASSETS = Path("published/cards.duckdb"), Path("docs/assets")

if __name__ == "__main__":
    write_pictures(PUBLISHED, ASSETS, ["segments"])
