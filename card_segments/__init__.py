"""The Python of the project: what SQL cannot do, and what make calls."""

# That of dbt_project.yml, which a build compares with it.
__version__ = "0.2.0"
