"""Everything that a database of records holds."""

from __future__ import annotations

from sqlalchemy import MetaData, create_engine, select


def every_row(url: str) -> str:
    """Return all rows of all tables, as text."""
    engine = create_engine(url)
    try:
        tables = MetaData()
        tables.reflect(engine)
        with engine.connect() as connection:
            rows = [(table.name, *row) for table in tables.sorted_tables for row in connection.execute(select(table))]
    finally:
        engine.dispose()
    return "\n".join(str(row) for row in rows)
