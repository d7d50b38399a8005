"""Embedding on many machines with Ray Data, or on all cores of this one."""

from __future__ import annotations

import logging
import math
import os
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from rag.errors import ConfigurationError, ProviderUnavailableError, QuickTakesError
from rag.ports import Embedder, Vectors
from rag.settings import prepare_ray

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_TEXTS: Final = 128
"""Four seconds of one core's work with the default embedder: so much is lost when a run is killed."""

_BATCHES_A_WORKER: Final = 64
"""Texts are handed over in waves of so many batches for each worker: minutes of work beside the seconds that workers
take to start, and as much as the driver must hold in memory at once (8,192 texts, about 6 MB, a worker)."""

_MOST_START_S: Final = 120.0
"""Starting Ray took up to 28 s on two busy cores; by itself it waits minutes for a cluster that is not there."""

_MOST_SILENT_S: Final = 600.0
"""Workers that crash are started anew, again and again. A batch takes seconds, or minutes where a server is slow."""


class RayBulkEmbedder:
    """Embeds with one embedder on each core of a Ray cluster; implements the port `rag.ports.BulkEmbedder`.

    Ray is joined, or started, for the first batch, and left, or stopped, with the last one. A Ray that is started here
    takes the cores of this machine, listens on 127.0.0.1 only, and has no dashboard.

    Args:
        load: makes the embedder of one worker. It goes there by its name: this package must be installed there.
        fingerprint: which embedder that must be.
        address: ``host:port`` of a cluster that this machine belongs to; None starts Ray here.
        most_silent_s: how long to wait for the next batch.

    Raises:
        ConfigurationError: Ray is not installed.
    """

    def __init__(
        self,
        load: Callable[[], Embedder],
        fingerprint: str,
        address: str | None = None,
        most_silent_s: float = _MOST_SILENT_S,
    ) -> None:
        if find_spec("ray") is None or find_spec("pyarrow") is None:
            raise ConfigurationError(
                "embedding with Ray needs the package's extra 'ray', which is not installed; run "
                "\"pip install 'quicktakes-rag[ray]'\", or leave out --engine ray"
            )
        self._load = load
        self._fingerprint = fingerprint
        self._address = address
        self._most_silent_s = most_silent_s

    def embed(self, texts: Iterable[str]) -> Generator[tuple[list[str], Vectors]]:
        """Yield batches of texts with their vectors as they come, in any order.

        Raises:
            ProviderUnavailableError: Ray cannot be started or reached, or its workers crash or come to a standstill.
            QuickTakesError: what a worker's embedder raised, caused by Ray's error with the worker's traceback.
            ConfigurationError: a worker has another embedder.
        """
        left = iter(texts)
        first = next(left, None)
        if first is None:
            return
        with self._running() as workers:
            wave = [first, *islice(left, workers * _BATCHES_A_WORKER * _BATCH_TEXTS - 1)]
            while wave:
                yield from self._embed_wave(wave, workers)
                wave = list(islice(left, workers * _BATCHES_A_WORKER * _BATCH_TEXTS))

    def _embed_wave(self, texts: list[str], workers: int) -> Generator[tuple[list[str], Vectors]]:
        import ray.data  # noqa: PLC0415 not before `_running`

        count = math.ceil(len(texts) / _BATCH_TEXTS)
        rows = [{"row": row, "text": text} for row, text in enumerate(texts)]
        batches = ray.data.from_items(rows, override_num_blocks=count).map_batches(
            _Worker,
            fn_constructor_args=(self._load, self._fingerprint),
            compute=ray.data.ActorPoolStrategy(size=min(workers, count)),
            batch_size=None,  # what is in a block
            batch_format="pyarrow",  # NumPy would cut zero characters off the ends of texts
            num_cpus=1,
        )
        with _translated():
            for batch in batches.iter_batches(batch_size=None, batch_format="numpy", prefetch_batches=0):
                yield [texts[row] for row in batch["row"]], batch["vector"]

    @contextmanager
    def _running(self) -> Generator[int]:
        """Join or start Ray for a block; give the number of its cores."""
        prepare_ray(local=self._address is None)
        import ray.data  # noqa: PLC0415 it takes seconds, and reads its settings then

        # A socket's path holds 107 bytes at most, and Ray's own are 62 long: so not wherever TMPDIR may point.
        temporary = tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True)
        with temporary as folder, self._started(folder):
            logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # what it has to say, its exceptions say too
            context = ray.data.DataContext.get_current()
            context.enable_progress_bars = False
            context.print_on_execution_start = False
            context.raise_original_map_exception = True
            context.execution_no_progress_timeout_s = self._most_silent_s
            yield max(1, int(ray.cluster_resources().get("CPU", 1)))

    @contextmanager
    def _started(self, folder: str) -> Generator[None]:
        """Start or join Ray in a thread, so that a start that hangs can be left behind.

        The thread lives on for the block, since Ray's processes are killed when the thread that started them ends.
        """
        import ray  # noqa: PLC0415 not before `_running`

        options: dict[str, Any] = {"include_dashboard": False, "log_to_driver": False, "logging_level": "CRITICAL"}
        if self._address is None:
            cores = os.cpu_count() or 1
            options |= {"address": "local", "num_cpus": cores, "_node_ip_address": "127.0.0.1", "_temp_dir": folder}
        else:
            options |= {"address": self._address}
        started, done = Future[None](), threading.Event()

        def start() -> None:
            try:
                ray.init(**options)
                started.set_result(None)
                done.wait()
            except BaseException as error:  # noqa: BLE001 raised again by `result`
                started.set_exception(error)

        threading.Thread(target=start, name="ray", daemon=True).start()
        try:
            self._wait_for(started)
            yield
        finally:
            ray.shutdown()
            done.set()

    def _wait_for(self, started: Future[None]) -> None:
        where = f"reach Ray at {self._address}" if self._address else "start Ray on this machine"
        try:
            started.result(_MOST_START_S)
        except Exception as error:  # Ray raises a bare Exception where its processes do not start
            reason = str(error) or f"no answer within {_MOST_START_S:.0f} s"
            raise ProviderUnavailableError(
                f"cannot {where}: {reason}; check QUICKTAKES_RAY_ADDRESS, or leave out --engine ray"
            ) from error


class _Worker:
    """Embeds in a process of Ray's. Its embedder is made with the first batch: errors then come back as they are."""

    def __init__(self, load: Callable[[], Embedder], fingerprint: str) -> None:
        self._load = load
        self._fingerprint = fingerprint

    @cached_property
    def _embedder(self) -> Embedder:
        embedder = self._load()
        if embedder.fingerprint != self._fingerprint:
            raise ConfigurationError(
                f"a worker of Ray's has embedder {embedder.fingerprint}, not {self._fingerprint}; install the same "
                "release of quicktakes-rag on all machines"
            )
        return embedder

    def __call__(self, batch: pa.Table) -> dict[str, Any]:
        return {"row": batch["row"].to_numpy(), "vector": self._embedder.embed(batch["text"].to_pylist())}


@contextmanager
def _translated() -> Generator[None]:
    """Raise what a worker's embedder raised, or else that Ray failed."""
    from ray.data.exceptions import ExecutionTimeoutError  # noqa: PLC0415 not before `_running`
    from ray.exceptions import RayError, RayTaskError  # noqa: PLC0415

    try:
        yield
    except (RayError, ExecutionTimeoutError) as error:
        cause = error.cause if isinstance(error, RayTaskError) else None
        if isinstance(cause, QuickTakesError):
            raise cause from error
        reason = str(cause or error).strip().splitlines()[-1]
        raise ProviderUnavailableError(
            f"Ray's workers failed ({type(cause or error).__name__}: {reason}); what they embedded is kept: "
            "mend them and run the same command again"
        ) from error
