"""Nothing reports on the user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EMBED = "from rag.adapters.minilm import MiniLMEmbedder; MiniLMEmbedder().embed(['osmosis'])"


def test_embedding_leaves_no_trace_in_the_home_folder(tmp_path: Path) -> None:
    """ONNX Runtime writes no device id: what would carry its reports is never made."""
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", EMBED], env=environment, check=True)  # noqa: S603 our own words
    assert not list(tmp_path.rglob("*"))
