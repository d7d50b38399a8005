"""The steps, each named after the one before it; a step that was released is never changed."""
