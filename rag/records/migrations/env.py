"""Run by Alembic: brings the database of a connection, whose transaction its caller began, in step with the tables."""

from alembic import context

from rag.records.tables import Row

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)
context.run_migrations()
