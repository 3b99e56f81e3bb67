"""The report page: one file that shows what was published."""
