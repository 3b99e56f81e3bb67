"""The Python of the project: what SQL cannot do, and what make calls."""
