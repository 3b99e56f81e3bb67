"""The report page: one self-contained file that shows what was published."""

from card_segments.report.write import write_report

__all__ = ["write_report"]
