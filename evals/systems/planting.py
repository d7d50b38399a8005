"""A scratch copy of a corpus in which the entries that cases plant stand among the others."""

from __future__ import annotations

import dataclasses
import datetime as dt
import fcntl
import hashlib
import shutil
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import Final

from evals.models import Case
from rag.corpus import Entry, find_files, new_entry, render_entry
from rag.settings import Settings
from rag.wiring import index_folder

_COPY: Final = "planted-"
_BEGUN: Final = ".planting-"
_DAY: Final = dt.date(2026, 1, 1)
_FIRST_ID: Final = 990_000


def planted_entries(case: Case) -> list[Entry]:
    """Return what a case plants, as entries that look like any other; their urls are the case's own, numbered."""
    url = PurePosixPath(case.url)
    entries: list[Entry] = []
    for number, planted in enumerate(case.plant, start=1):
        entry = new_entry(
            id=_FIRST_ID + number,
            date=_DAY,
            question=" ".join(planted.question.split()),
            answer=planted.answer,
            subject="Biology",
            page_description=f"The answer explains: {' '.join(planted.question.split())}",
            page_keywords="biology, cells, life",
        )
        slug = f"{url.name}-{number}"
        entries.append(dataclasses.replace(entry, url=str(url.parent / slug), file_name=f"{slug}.md"))
    return entries


def plant_copy(corpus_dir: Path, cases: Iterable[Case], below: Path) -> Path:
    """Return a copy of a corpus with all that some cases plant, made where there is none yet of just these files.

    The copy's name tells its content, so its index is made once, and its vectors come from the cache that all indexes
    of a data folder share: only what is planted is embedded.

    Args:
        below: folder for such copies.
    """
    planted = {
        f"planted/{one.file_name}": render_entry(one).encode() for case in cases for one in planted_entries(case)
    }
    files = {file.relative_to(corpus_dir).as_posix(): file for file in find_files(corpus_dir)}
    digest = hashlib.sha256()
    for name, content in sorted([*((name, file.read_bytes()) for name, file in files.items()), *planted.items()]):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    home = below / f"{_COPY}{digest.hexdigest()[:16]}"
    if home.is_dir():
        return home
    below.mkdir(parents=True, exist_ok=True)
    begun = Path(mkdtemp(prefix=_BEGUN, dir=below))
    try:
        for name, file in files.items():
            (begun / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, begun / name)
        for name, content in planted.items():
            (begun / name).parent.mkdir(parents=True, exist_ok=True)
            (begun / name).write_bytes(content)
        begun.rename(home)
    except BaseException:
        shutil.rmtree(begun, ignore_errors=True)
        if not home.is_dir():  # else another run made the same copy meanwhile
            raise
    return home


@contextmanager
def hold_copy(settings: Settings, cases: Iterable[Case]) -> Generator[Path]:
    """Give a copy of the settings' corpus with all that some cases plant; no other run removes it meanwhile.

    Once the block has ended and no other run holds a copy in the data folder, all other copies go, with their indexes:
    each is made again wherever it is wanted. This one stays for the next run, which most often wants the same.
    """
    below = settings.data_dir / "evals"
    below.mkdir(parents=True, exist_ok=True)
    with (below / "planting.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        home = plant_copy(settings.corpus_dir, cases, below)
        yield home
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _remove_others(settings, home)


def _remove_others(settings: Settings, home: Path) -> None:
    for other in home.parent.glob(f"{_COPY}*"):
        if other != home:
            index_folder(dataclasses.replace(settings, corpus_dir=other)).remove()
            shutil.rmtree(other, ignore_errors=True)
    for begun in home.parent.glob(f"{_BEGUN}*"):  # by a run that was killed
        shutil.rmtree(begun, ignore_errors=True)
