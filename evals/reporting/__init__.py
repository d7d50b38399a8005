"""What a run shows: its summary, its gates, and files for outside tools."""
