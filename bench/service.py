"""The service under load: `make bench-service`.

Server, model server and clients are processes of their own on 127.0.0.1, and share the machine's cores. What is quoted
are medians of interleaved rounds, and ratios of figures taken side by side. The model server echoes the evidence it
gets, a word at a time, so that every answer is checked word for word against what its question has when it is asked
alone.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table

from bench.questions import load_questions
from bench.served import Served, serve, serve_model
from rag.adapters.minilm import MiniLMEmbedder
from rag.settings import Settings
from rag.wiring import load_embedder, open_serving_embedder, open_synced

_SEARCHERS: Final = 64
_WORD_S: Final = 0.5
"""Before each further word of a model's reply: two events a second."""

_UNDER_WAY_S: Final = 5.0
"""Before each restart: by then every client is read to."""

_UNUSED: Final = {
    "QUICKTAKES_CHAT_MODEL": "",
    "QUICKTAKES_JUDGE_MODEL": "",
}
"""What the environment of whoever measures may set."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How long to look."""

    rounds: int
    round_s: float
    streams: int
    streams_s: float
    restarts: int


_WHOLE: Final = Extent(rounds=3, round_s=15, streams=300, streams_s=60, restarts=20)
_QUICK: Final = Extent(rounds=1, round_s=5, streams=60, streams_s=10, restarts=2)


def main() -> None:
    """Run all measurements and print their table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, default=Settings().corpus_dir)
    parser.add_argument("--data-dir", type=Path, help="a folder to keep the index in; a new one is deleted at the end")
    parser.add_argument("--quick", action="store_true", help="a short look")
    parser.add_argument("--only", choices=_PARTS, help="one measurement")
    parser.add_argument("--streams", type=int, help=f"at once (default: {_WHOLE.streams})")
    arguments = parser.parse_args()
    extent = _QUICK if arguments.quick else _WHOLE
    table = Table("what", "figure", title=f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(arguments.corpus_dir, arguments.data_dir or Path(scratch))
        with open_synced(settings, load_embedder(settings)):
            pass
        bench = _Bench(settings, extent, arguments.streams or extent.streams)
        for name, part in _PARTS.items():
            if arguments.only in {None, name}:
                for row in part(bench):
                    table.add_row(*row)
    Console().print(table)


class _Bench:
    """The measurements; each yields rows of the table."""

    def __init__(self, settings: Settings, extent: Extent, streams: int) -> None:
        self._settings = settings
        self._extent = extent
        self._streams = streams
        starter = [one.question for one in load_questions() if one.corpus == "starter"]
        self._questions = list(dict.fromkeys(starter))

    def embedding(self) -> Generator[tuple[str, str]]:
        """Embed questions alone and joined, in turns."""
        questions = self._questions
        alone, joined = MiniLMEmbedder(), open_serving_embedder(self._settings)
        alone.open_sessions()
        with joined as joining, ThreadPoolExecutor(40) as callers:
            rates: dict[str, list[float]] = {"alone": [], "joined": []}
            for _ in range(self._extent.rounds):
                for name, embedder in (("alone", alone), ("joined", joining)):
                    started = time.perf_counter()
                    list(callers.map(embedder.embed, [[question] for question in questions]))
                    rates[name].append(len(questions) / (time.perf_counter() - started))
        one, several = statistics.median(rates["alone"]), statistics.median(rates["joined"])
        yield "questions embedded by 40 threads: each alone", f"{one:.0f}/s"
        yield "... those that wait joined", f"{several:.0f}/s, {several / one:.2f} of it"

    def search(self) -> Generator[tuple[str, str]]:
        """Search with many clients, beside the embedding of the same questions alone."""
        alone = MiniLMEmbedder()
        alone.open_sessions()
        searched: list[dict[str, Any]] = []
        embedded: list[float] = []
        with self._serve(_UNUSED) as served, ThreadPoolExecutor(alone.most_at_once) as callers:
            for number in range(self._extent.rounds):
                # A search that was made before is remembered: blanks make it another one.
                blanks = range(number * 8, number * 8 + 8)
                asked = [question + " " * count for count in blanks for question in self._questions]
                queries = [urlencode({"q": question}) for question in asked]
                requests = [{"method": "GET", "url": f"{served.url}/api/search?{query}"} for query in queries]
                told = {"clients": _SEARCHERS, "seconds": self._extent.round_s, "requests": requests}
                searched.append(_load("rate", told))
                started = time.perf_counter()
                list(callers.map(alone.embed, [[question] for question in self._questions]))
                embedded.append(len(self._questions) / (time.perf_counter() - started))
        rate = statistics.median(one["per_s"] for one in searched)
        yield f"GET /api/search, {_SEARCHERS} clients", f"{rate:.0f}/s, {_times(searched)}"
        yield "... of what embedding each alone allows", f"{rate / statistics.median(embedded):.2f}"

    def repeated(self) -> Generator[tuple[str, str]]:
        """Ask the same few questions again and again."""
        with self._serve(_UNUSED) as served:
            for accept in ("application/json", "text/event-stream"):
                requests = [
                    {
                        "method": "POST",
                        "url": f"{served.url}/api/ask",
                        "json": {"question": question},
                        "headers": {"Accept": accept},
                    }
                    for question in self._questions[:50]
                ]
                told = {"clients": 16, "seconds": self._extent.round_s, "requests": requests}
                _load("rate", {**told, "seconds": 10})
                done = [_load("rate", told) for _ in range(self._extent.rounds)]
                rate = statistics.median(one["per_s"] for one in done)
                yield f"POST /api/ask, 50 questions repeated, {accept}", f"{rate:.0f}/s, {_times(done)}"

    def streaming(self) -> Generator[tuple[str, str]]:
        """Hold many streams open, each read to its end and compared."""
        expected = self._expected()
        with serve_model(_WORD_S) as model, self._serve(_asking(model, self._streams)) as served:
            url = f"{served.url}/api/ask"
            told = {"clients": self._streams, "seconds": self._extent.streams_s, "url": url, "expected": expected}
            done = _load("streams", told)
            yield f"{self._streams} streams at 2 words a second", f"{done['ended']} in {done['seconds']:.0f} s"
            first = f"median {done['first_event_ms']:.0f} ms, 99 % within {done['first_event_p99_ms']:.0f} ms"
            yield "... first event", f"{first}; memory {_megabytes(served)} MB"

    def restarts(self) -> Generator[tuple[str, str]]:
        """Restart the service again and again under streams."""
        questions = list(self._expected())
        codes: Counter[int] = Counter()
        took: list[float] = []
        with serve_model(_WORD_S / 5) as model:
            environment = _asking(model, self._streams)
            port = _free_port()
            told = {"clients": 100, "url": f"http://127.0.0.1:{port}/api/ask", "questions": questions}
            clients = _begin("restarts", told)
            for _ in range(self._extent.restarts):
                with self._serve(environment, port) as served:
                    time.sleep(_UNDER_WAY_S)
                    code, seconds = served.stop()
                    codes[code] += 1
                    took.append(seconds)
            with self._serve(environment, port):
                done = json.loads(clients.communicate(timeout=180)[0])
        yield f"{self._extent.restarts} restarts under 100 streams", f"{done['ended']}; {done['problems']}"
        yield "... exit codes", f"{dict(codes)}, within {max(took):.1f} s"

    def _serve(self, environment: Mapping[str, str], port: int = 0) -> AbstractContextManager[Served]:
        return serve(self._settings.corpus_dir, self._settings.data_dir, environment, port=port)

    def _expected(self) -> dict[str, str]:
        """Return the questions that a model writes answers to, with what they are when nothing else is asked."""
        texts: dict[str, str] = {}
        with serve_model(0) as model, self._serve(_asking(model, 1)) as served:
            for question in self._questions[:: 1 if self._streams > 100 else 4]:
                request = urllib.request.Request(  # noqa: S310 our own server
                    f"{served.url}/api/ask",
                    json.dumps({"question": question}).encode(),
                    {"Content-Type": "application/json"},
                )
                with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310 our own server
                    answer = json.load(reply)
                if answer["rung"] == "generated" and answer["status"] != "abstained" and not answer["notices"]:
                    texts[question] = answer["text"]
        return texts


_PARTS: Final = {
    "embedding": _Bench.embedding,
    "search": _Bench.search,
    "repeated": _Bench.repeated,
    "streaming": _Bench.streaming,
    "restarts": _Bench.restarts,
}


def _asking(model: Served, replies: int) -> dict[str, str]:
    """Return the environment of a service that asks a model server."""
    return {
        **_UNUSED,
        "QUICKTAKES_CHAT_MODEL": "openai:scripted",
        "OPENAI_BASE_URL": model.url,
        "QUICKTAKES_CHAT_REPLIES": str(replies),
        "QUICKTAKES_STREAMS": str(max(512, replies)),
        "QUICKTAKES_ANSWER_CACHE": "0",
    }


def _begin(work: str, told: Mapping[str, Any]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.load"]
    clients = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 our own words
    if clients.stdin is not None:
        clients.stdin.write(json.dumps({"work": work, **told}) + "\n")
        clients.stdin.flush()
    return clients


def _load(work: str, told: Mapping[str, Any]) -> dict[str, Any]:
    return json.loads(_begin(work, told).communicate(timeout=600)[0])


def _times(rounds: Sequence[Mapping[str, Any]]) -> str:
    median, late = (statistics.median(one[name] for one in rounds) for name in ("median_ms", "p99_ms"))
    statuses: Counter[str] = Counter()
    for one in rounds:
        statuses.update(one["statuses"])
    return f"median {median:.0f} ms, 99 % within {late:.0f} ms, {dict(statuses)}"


def _megabytes(served: Served) -> int:
    fields = Path(f"/proc/{served.child.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in fields if line.startswith("VmHWM")) // 1_000


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


if __name__ == "__main__":
    main()
