"""A look at a vector store in a process of its own: a damaged one can end the process that opens it.

`python -m rag.adapters.chroma_probe FOLDER` reads and searches every vector; exit code 0 says that this can be done.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from rag.adapters.chroma import COLLECTIONS, ChromaVectorIndex
from rag.errors import IndexStateError

_TIMEOUT_S: Final = 300
"""A damaged store can also hang; a sound one of 300,000 vectors is read in a tenth of this."""

_ROOT: Final = Path(__file__).resolve().parents[2]
"""Where the child finds this very package."""

COMMAND: Final = (sys.executable, "-m", "rag.adapters.chroma_probe")


def probe_store(folder: Path, *, command: Sequence[str] = COMMAND, timeout_s: float = _TIMEOUT_S) -> None:
    """Open a store in a child process, and use all that is in it, before this process opens it.

    Args:
        command: of the child; gets the folder as its last argument.

    Raises:
        IndexStateError: the child ended in an error or by a signal, or did not end in time.
    """
    try:
        child = subprocess.run(  # noqa: S603 our own command
            [*command, str(folder.absolute())],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _unusable(folder, f"it could not be read in {timeout_s:.0f} s") from error
    if child.returncode:
        last_words = child.stderr.strip().splitlines()[-1:] or [f"exit code {child.returncode}"]
        ended = f"reading it ended the process with {_signal_name(child.returncode)}"
        raise _unusable(folder, ended if child.returncode < 0 else last_words[0])


def main() -> None:
    """Read and search the store named on the command line."""
    folder = Path(sys.argv[1])
    try:
        for name in COLLECTIONS:
            with closing(ChromaVectorIndex(folder, name)) as index:
                _use(index)
    except IndexStateError as error:
        sys.exit(str(error))


def _use(index: ChromaVectorIndex) -> None:
    ids = sorted(index.ids())
    if len(ids) != index.count():
        raise IndexStateError(f"the vector store names {len(ids):,} vectors, and counts {index.count():,}")
    if ids:
        index.search(index.vectors(ids)[0], limit=1)


def _unusable(folder: Path, reason: str) -> IndexStateError:
    return IndexStateError(f"the vector store in {folder} cannot be used: {reason}; run 'quicktakes index doctor'")


def _signal_name(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


if __name__ == "__main__":
    main()
