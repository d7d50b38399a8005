from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

class ActorPoolStrategy:
    def __init__(self, *, size: int) -> None: ...

class DataContext:
    enable_progress_bars: bool
    print_on_execution_start: bool
    raise_original_map_exception: bool
    execution_no_progress_timeout_s: float
    @staticmethod
    def get_current() -> DataContext: ...

class Dataset:
    def map_batches(
        self,
        fn: type,
        *,
        fn_constructor_args: tuple[Any, ...],
        compute: ActorPoolStrategy,
        batch_size: int | None,
        batch_format: str,
        num_cpus: int,
    ) -> Dataset: ...
    def iter_batches(
        self, *, batch_size: int | None, batch_format: str, prefetch_batches: int
    ) -> Iterator[dict[str, npt.NDArray[np.float32]]]: ...

def from_items(items: Sequence[Mapping[str, object]], *, override_num_blocks: int) -> Dataset: ...
