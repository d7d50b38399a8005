"""The only reader of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from rag.errors import ConfigurationError
from rag.models import SupportPolicy

_Number = TypeVar("_Number", int, float)

DEFAULT_CORPUS_DIR = Path("corpus")
DEFAULT_DATA_DIR = Path(".quicktakes")
DEFAULT_RUNS_DIR = Path("runs")
DEFAULT_EMBEDDER = "minilm"
DEFAULT_DATABASE_URL = "sqlite:///quicktakes-records.sqlite3"
DEFAULT_RETENTION_DAYS = 90
DEFAULT_ANSWER_CACHE = 2_000
"""10 MB of answers of 200 words, less than the vectors of one corpus take; to keep one more then takes 6 ms
(`make bench-cached`), which grows with their number."""

DEFAULT_RATE = "30/minute"
DEFAULT_KEY_RATE = "600/minute"
DEFAULT_DAILY_QUESTIONS = 1_000
DEFAULT_CHAT_REPLIES = 32
"""OpenAI's lowest tier takes 500 requests a minute; at four seconds a reply these are 33 at once."""

DEFAULT_STREAMS = 512
"""Each holds some 100 kB; two cores write 300 at two sentences a second (`make bench-service`)."""

_MOST = 1_000_000
"""What is asked for beyond it is a slip of the keyboard: 64 MB, the most that is kept, hold some 13,000 answers."""

_MOST_DAYS = 36_500
"""A century: what is asked for beyond it is to be kept."""


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
        runs_dir: folder of evaluation runs, whose reports editors read (``QUICKTAKES_RUNS_DIR``).
        embedder: ``minilm``, or ``openai:<model>`` at OpenAI or at any server with its embeddings protocol
            (``QUICKTAKES_EMBEDDER``).
        reranker: ``openai:<model>`` at a server with the common rerank protocol; None for none
            (``QUICKTAKES_RERANKER``).
        chat_model: ``provider:model`` of LangChain's names, or several with commas between, best first;
            ``openai:<model>`` is asked at `openai_base_url`; None for none (``QUICKTAKES_CHAT_MODEL``).
        judge_model: ``provider:model``, or several, that may reject sentences which the checks support
            (``QUICKTAKES_JUDGE_MODEL``); None for none. It is asked only where there is a chat model.
        support: ``strict`` shows only what the entries support, ``mark`` also shows and marks what they support in part
            or not at all (``QUICKTAKES_SUPPORT``).
        daily_tokens, daily_usd: of chat models, above which none is asked until the next day, UTC; None for no ceiling
            (``QUICKTAKES_DAILY_TOKENS``, ``QUICKTAKES_DAILY_USD``).
        answer_cache: how many answers of chat models are kept, so that none is paid for twice; 0 for none
            (``QUICKTAKES_ANSWER_CACHE``).
        openai_base_url: address of those servers, OpenAI's where it is None (``OPENAI_BASE_URL``).
        openai_api_key: OpenAI needs one, a server of one's own may not (``OPENAI_API_KEY``).
        chroma_url: Chroma server that keeps the vectors, ``http://host:port`` or ``https://host:port``; they are kept
            in `data_dir` where it is None (``QUICKTAKES_CHROMA_URL``).
        chroma_token: what that server wants as ``X-Chroma-Token``, if anything (``QUICKTAKES_CHROMA_TOKEN``).
        streams: how many answers one worker of the service writes at once; more are asked to wait
            (``QUICKTAKES_STREAMS``).
        chat_replies: how many replies of chat models one process waits for at once; an answer that finds none free in
            time is made without (``QUICKTAKES_CHAT_REPLIES``).
        log_questions: whether the service's log and traces may hold what was asked (``QUICKTAKES_LOG_QUESTIONS``).
        service_key: key that a service which is measured by its address is shown; None for a student's way in
            (``QUICKTAKES_SERVICE_KEY``).
        otlp_endpoint: collector of OpenTelemetry that the service sends traces to, with the extra ``telemetry``; None
            for none (``OTEL_EXPORTER_OTLP_ENDPOINT``).
        metrics_dir: where the workers of one service add up what they count; `quicktakes serve --workers` sets it
            (``PROMETHEUS_MULTIPROC_DIR``).
        ray_address: ``host:port`` of the Ray cluster that embeds in bulk; None starts one on this machine
            (``QUICKTAKES_RAY_ADDRESS``).
        rate: how many requests an address may send to the service, and a browser that signed in, as
            ``30/minute``, also ``second``, ``hour`` and ``day`` (``QUICKTAKES_RATE``).
        key_rate: how many a program with a key may send (``QUICKTAKES_KEY_RATE``).
        daily_questions: how many an address may ask in a day without a key; 0 for any number
            (``QUICKTAKES_DAILY_QUESTIONS``).
        limits_url: Redis server where all workers count them together, ``redis://host:port``; each worker counts its
            own where it is None (``QUICKTAKES_LIMITS_URL``).
        cors_origins: sites whose pages may call the service from a browser, ``https://host`` with commas between
            (``QUICKTAKES_CORS_ORIGINS``).
        database_url: of the service's records, ``sqlite:///file`` or ``postgresql://...``
            (``QUICKTAKES_DATABASE_URL``); not to be deleted.
        retention_days: after which threads, questions and feedback are deleted; 0 keeps them
            (``QUICKTAKES_RETENTION_DAYS``).
    """

    corpus_dir: Path = DEFAULT_CORPUS_DIR
    data_dir: Path = DEFAULT_DATA_DIR
    embedder: str = DEFAULT_EMBEDDER
    reranker: str | None = None
    chat_model: str | None = None
    judge_model: str | None = None
    support: SupportPolicy = "strict"
    daily_tokens: int | None = None
    daily_usd: float | None = None
    answer_cache: int = DEFAULT_ANSWER_CACHE
    openai_base_url: str | None = None
    openai_api_key: str | None = field(default=None, repr=False)
    chroma_url: str | None = None
    chroma_token: str | None = field(default=None, repr=False)
    ray_address: str | None = None
    streams: int = DEFAULT_STREAMS
    rate: str = DEFAULT_RATE
    key_rate: str = DEFAULT_KEY_RATE
    daily_questions: int = DEFAULT_DAILY_QUESTIONS
    limits_url: str | None = field(default=None, repr=False)
    cors_origins: tuple[str, ...] = ()
    chat_replies: int = DEFAULT_CHAT_REPLIES
    log_questions: bool = False
    otlp_endpoint: str | None = None
    service_key: str | None = field(default=None, repr=False)
    metrics_dir: Path | None = None
    database_url: str = field(default=DEFAULT_DATABASE_URL, repr=False)
    retention_days: int = DEFAULT_RETENTION_DAYS
    runs_dir: Path = DEFAULT_RUNS_DIR

    @property
    def searches_locally(self) -> bool:
        """Whether a search asks no server."""
        return self.embedder == DEFAULT_EMBEDDER and self.reranker is None and self.chroma_url is None

    @classmethod
    def from_environment(cls) -> Settings:
        """Return what the environment sets, and the defaults for the rest.

        Raises:
            ConfigurationError: a variable holds what it cannot.
        """
        return cls(
            corpus_dir=Path(os.environ.get("QUICKTAKES_CORPUS_DIR") or DEFAULT_CORPUS_DIR),
            data_dir=Path(os.environ.get("QUICKTAKES_DATA_DIR") or DEFAULT_DATA_DIR),
            embedder=os.environ.get("QUICKTAKES_EMBEDDER") or DEFAULT_EMBEDDER,
            reranker=os.environ.get("QUICKTAKES_RERANKER") or None,
            chat_model=os.environ.get("QUICKTAKES_CHAT_MODEL") or None,
            judge_model=os.environ.get("QUICKTAKES_JUDGE_MODEL") or None,
            support=_support(os.environ.get("QUICKTAKES_SUPPORT") or "strict"),
            daily_tokens=_amount("QUICKTAKES_DAILY_TOKENS", int),
            daily_usd=_amount("QUICKTAKES_DAILY_USD", float),
            answer_cache=_count("QUICKTAKES_ANSWER_CACHE", DEFAULT_ANSWER_CACHE),
            # The openai package reads this one too, and takes an empty one for an address: so it is refused, not unset.
            openai_base_url=os.environ.get("OPENAI_BASE_URL"),
            openai_api_key=os.environ.get("OPENAI_API_KEY") or None,
            chroma_url=os.environ.get("QUICKTAKES_CHROMA_URL") or None,
            chroma_token=os.environ.get("QUICKTAKES_CHROMA_TOKEN") or None,
            ray_address=os.environ.get("QUICKTAKES_RAY_ADDRESS") or None,
            chat_replies=_count("QUICKTAKES_CHAT_REPLIES", DEFAULT_CHAT_REPLIES, least=1),
            log_questions=_switch("QUICKTAKES_LOG_QUESTIONS"),
            service_key=os.environ.get("QUICKTAKES_SERVICE_KEY") or None,
            otlp_endpoint=os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or None,
            metrics_dir=_folder("PROMETHEUS_MULTIPROC_DIR"),
            streams=_count("QUICKTAKES_STREAMS", DEFAULT_STREAMS, least=1),
            rate=_rate("QUICKTAKES_RATE", DEFAULT_RATE),
            key_rate=_rate("QUICKTAKES_KEY_RATE", DEFAULT_KEY_RATE),
            daily_questions=_count("QUICKTAKES_DAILY_QUESTIONS", DEFAULT_DAILY_QUESTIONS),
            limits_url=os.environ.get("QUICKTAKES_LIMITS_URL") or None,
            cors_origins=_origins(os.environ.get("QUICKTAKES_CORS_ORIGINS") or ""),
            database_url=os.environ.get("QUICKTAKES_DATABASE_URL") or DEFAULT_DATABASE_URL,
            retention_days=_count("QUICKTAKES_RETENTION_DAYS", DEFAULT_RETENTION_DAYS, most=_MOST_DAYS),
            runs_dir=Path(os.environ.get("QUICKTAKES_RUNS_DIR") or DEFAULT_RUNS_DIR),
        )


def hand_down(settings: Settings) -> None:
    """Have processes that are started from now on read the same corpus and data folder from their environment."""
    os.environ["QUICKTAKES_CORPUS_DIR"] = str(settings.corpus_dir)
    os.environ["QUICKTAKES_DATA_DIR"] = str(settings.data_dir)


def share_metrics(folder: Path) -> None:
    """Have processes that are started from now on add up what they count in a folder, which is empty."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _folder(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


def _switch(name: str) -> bool:
    value = os.environ.get(name) or "0"
    if value not in {"0", "1"}:
        raise ConfigurationError(f"{name} is {value!r}; set it to 1 for yes, or to 0 or nothing for no")
    return value == "1"


def _support(value: str) -> SupportPolicy:
    if value not in {"strict", "mark"}:
        raise ConfigurationError(f"QUICKTAKES_SUPPORT is {value!r}; set it to strict or mark, or unset it for strict")
    return "strict" if value == "strict" else "mark"


def _count(name: str, default: int, *, least: int = 0, most: int = _MOST) -> int:
    """Return the number that a variable holds."""
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or len(value) > len(str(most)) or not least <= int(value) <= most:
        raise ConfigurationError(
            f"{name} is {value!r}; set it to a number from {least} to {most:,}, or unset it for {default:,}"
        )
    return int(value)


def _rate(name: str, default: str) -> str:
    """Return the rate that a variable holds."""
    value = os.environ.get(name) or default
    if not re.fullmatch(r"[1-9]\d{0,6}/(?:second|minute|hour|day)", value, re.ASCII):
        raise ConfigurationError(f"{name} is {value!r}; set it to a rate as 30/minute, or unset it for {default}")
    return value


def _origins(value: str) -> tuple[str, ...]:
    """Return the sites in a list with commas."""
    origins = tuple(dict.fromkeys(origin.strip() for origin in value.split(",") if origin.strip()))
    for origin in origins:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(?::\d{1,5})?|https?://\[[0-9a-f:]+\](?::\d{1,5})?", origin):
            raise ConfigurationError(
                f"QUICKTAKES_CORS_ORIGINS has {origin!r}; set it to sites as browsers write them, "
                "https://host or https://host:port, in small letters and with no path, with commas between"
            )
    return origins


def _amount(name: str, kind: Callable[[str], _Number]) -> _Number | None:
    """Return the amount that a variable holds; None where it is not set."""
    value = os.environ.get(name)
    if not value:
        return None
    try:
        amount = kind(value)
    except ValueError:
        amount = None
    if amount is None or not 0 <= amount < float("inf"):
        raise ConfigurationError(f"{name} is {value!r}; set it to a number, 0 or more, or unset it for no ceiling")
    return amount
