"""What dbt needs of this package, as the one plugin that a profile names."""

from __future__ import annotations

from card_segments.inputs import plugin as inputs
from card_segments.publishing import plugin as publishing


class Plugin(inputs.Plugin, publishing.Plugin):
    """Opens the warehouse, and gives each connection of dbt the functions of both plugins."""
