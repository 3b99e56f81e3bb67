"""The publication step: one build's tables become the files that readers open, all or nothing.

It knows no dbt: it is given a DuckDB connection, the names of tables, and a folder.
"""

from card_segments.publishing.folder import PublishingError
from card_segments.publishing.publish import Build, publish

__all__ = ["Build", "PublishingError", "publish"]
