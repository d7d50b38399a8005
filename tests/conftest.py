"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from chroma_process import run_chroma

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 a folder of pytest's own is made in it
_ROOM: Final = 2 * 2**30
"""Bytes; a whole run takes a tenth of it at most."""


def pytest_configure() -> None:
    """Have what is temporary in memory, where there is room: tests of indexes wait for disks most of their time.

    Some tests run scripts that they write, which containers often forbid there.
    """
    if not _MEMORY.is_dir():
        return
    memory = os.statvfs(_MEMORY)
    if memory.f_bavail * memory.f_frsize > _ROOM and not memory.f_flag & os.ST_NOEXEC:
        tempfile.tempdir = os.environ.setdefault("TMPDIR", str(_MEMORY))


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the folder with pyproject.toml."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def kept_vectors(repository: Path) -> Callable[[Path], None]:
    """Return a function that puts the starter corpus's vectors into a data folder, where `make ask` has kept some.

    They are those that would be made there, in a minute.
    """

    def put(data_dir: Path) -> None:
        kept = repository / ".quicktakes/embeddings.sqlite3"
        if kept.is_file():
            data_dir.mkdir(exist_ok=True)
            with closing(sqlite3.connect(kept)) as of, closing(sqlite3.connect(data_dir / kept.name)) as to:
                of.backup(to)  # whole, even while another process adds some

    return put


@pytest.fixture(scope="session")
def real_files(repository: Path) -> Path:
    """Return the folder with the publisher's own files; skips the test where it is absent."""
    folder = (repository / "../shared/quicktakes").resolve()
    if not folder.is_dir():
        pytest.skip("the publisher's files are not beside this repository")
    return folder


@pytest.fixture(scope="session")
def real_biology(real_files: Path) -> Path:
    """Return the folder with the publisher's Biology entries; skips the test where it is absent."""
    return real_files / "content/learn/biology"


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the url of a Chroma server, one for each worker; its tests are marked with ``allow_hosts``."""
    with run_chroma(tmp_path_factory.mktemp("chroma") / "server") as url:
        yield url
