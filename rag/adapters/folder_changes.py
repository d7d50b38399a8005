"""What happens below a folder, told by watchfiles, whatever becomes of the folder itself."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import watchfiles

from rag.errors import ConfigurationError

_QUIET_MS: Final = 500
"""How long nothing happens before that is said; also how soon a folder that was replaced is noticed."""

_STEP_MS: Final = 50
"""A burst is over when nothing more happens for so long: editors write, rename and delete within a few ms."""

_LONGEST_BURST_MS: Final = 1_500
"""A burst that goes on, such as a large checkout, is told in parts."""


def folder_changes(folder: Path) -> Generator[frozenset[Path]]:
    """Yield the paths that changed below a folder, burst by burst, for ever.

    Each burst is a set of absolute paths; the folder itself among them says that anything below it may have changed:
    when watching begins, when the folder has gone, and when it or another is there again. A set that is empty says
    that half a second passed quietly.

    Raises:
        ConfigurationError: the system refuses to watch the folder.
    """
    folder = folder.absolute()
    while True:
        with _held(folder) as descriptor:
            if descriptor is None:
                time.sleep(_QUIET_MS / 1_000)
                yield frozenset()
                continue
            yield from _changes_while_same(folder, descriptor)
        if not folder.is_dir():
            yield frozenset({folder})


@contextmanager
def _held(folder: Path) -> Generator[int | None]:
    """Open a folder, so that its number is not given to another one; None where it cannot be opened."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _changes_while_same(folder: Path, descriptor: int) -> Iterator[frozenset[Path]]:
    """Yield changes until the folder of that name is not the one that was opened."""
    begun = frozenset({folder})
    try:
        for changes in watchfiles.watch(
            folder,
            watch_filter=None,
            debounce=_LONGEST_BURST_MS,
            step=_STEP_MS,
            rust_timeout=_QUIET_MS,
            yield_on_timeout=True,
            ignore_permission_denied=True,  # whoever reads the folder says what cannot be read
        ):
            if not _is_same(folder, descriptor):
                return
            yield begun.union(Path(path) for _, path in changes)
            begun = frozenset[Path]()
    except FileNotFoundError:  # it went just now
        return
    except OSError as error:
        raise ConfigurationError(
            f"cannot watch {folder}: {error}; on Linux, raise fs.inotify.max_user_watches, or set "
            "WATCHFILES_FORCE_POLLING=1 to look at the files twice a second instead"
        ) from error


def _is_same(folder: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(folder.stat(), os.fstat(descriptor))
    except OSError:
        return False
