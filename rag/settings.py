"""The only reader of the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_CORPUS_DIR = Path("corpus")
DEFAULT_DATA_DIR = Path(".quicktakes")
DEFAULT_EMBEDDER = "minilm"


def forbid_telemetry() -> None:
    """Keep the libraries we load from reporting on their users.

    ONNX Runtime (1.32) otherwise writes a device id below the home folder and looks up a host outside, from native code
    and whatever its Python switch says; it reads this variable once, when it is imported.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"


def prepare_ray(*, local: bool) -> None:
    """Set what Ray (2.60) reads when it is imported: no reports, no native log lines between a command's own.

    Args:
        local: whether Ray is to be started on this machine alone: it then listens on 127.0.0.1 only, which it has a
            switch for that is named after the systems where that is the default.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_BACKEND_LOG_LEVEL"] = "fatal"
    if local:
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set.

    Attributes:
        corpus_dir: folder of entries (``QUICKTAKES_CORPUS_DIR``).
        data_dir: folder for indexes and the embedding cache (``QUICKTAKES_DATA_DIR``); can be deleted at any time.
        embedder: ``minilm``, or ``openai:<model>`` at OpenAI or at any server with its embeddings protocol
            (``QUICKTAKES_EMBEDDER``).
        reranker: ``openai:<model>`` at a server with the common rerank protocol; None for none
            (``QUICKTAKES_RERANKER``).
        openai_base_url: address of those servers, OpenAI's where it is None (``OPENAI_BASE_URL``).
        openai_api_key: OpenAI needs one, a server of one's own may not (``OPENAI_API_KEY``).
        ray_address: ``host:port`` of the Ray cluster that embeds in bulk; None starts one on this machine
            (``QUICKTAKES_RAY_ADDRESS``).
    """

    corpus_dir: Path = DEFAULT_CORPUS_DIR
    data_dir: Path = DEFAULT_DATA_DIR
    embedder: str = DEFAULT_EMBEDDER
    reranker: str | None = None
    openai_base_url: str | None = None
    openai_api_key: str | None = field(default=None, repr=False)
    ray_address: str | None = None

    @classmethod
    def from_environment(cls) -> Settings:
        """Return what the environment sets, and the defaults for the rest."""
        return cls(
            corpus_dir=Path(os.environ.get("QUICKTAKES_CORPUS_DIR") or DEFAULT_CORPUS_DIR),
            data_dir=Path(os.environ.get("QUICKTAKES_DATA_DIR") or DEFAULT_DATA_DIR),
            embedder=os.environ.get("QUICKTAKES_EMBEDDER") or DEFAULT_EMBEDDER,
            reranker=os.environ.get("QUICKTAKES_RERANKER") or None,
            # The openai package reads this one too, and takes an empty one for an address: so it is refused, not unset.
            openai_base_url=os.environ.get("OPENAI_BASE_URL"),
            openai_api_key=os.environ.get("OPENAI_API_KEY") or None,
            ray_address=os.environ.get("QUICKTAKES_RAY_ADDRESS") or None,
        )
