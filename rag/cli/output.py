"""JSON to standard output: one object a line."""

from __future__ import annotations

import json
import sys

from rag.wire import Json


def write_json(value: Json) -> None:
    """Write a value as one line, readable as it is (no escapes for letters outside ASCII), at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
