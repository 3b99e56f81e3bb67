"""What make calls from the command line, a module a command: python -m card_segments.cli.<name>."""
