"""Files are replaced in one step: whatever fails, a whole file is there, and nothing else."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.corpus import find_files, write_file
from rag.errors import ConfigurationError

OLD = "the old text\n"
NEW = "the new text, with “marks”, é and no last newline"


class KilledError(BaseException):
    """What ends a process in the middle, as far as a test can."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with the old text, alone in its folder."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    file = folder / "a.md"
    file.write_text(OLD, encoding="utf-8")
    return file


def test_a_file_is_replaced(path: Path) -> None:
    """The new text is there byte for byte, in UTF-8, and beside it is nothing."""
    write_file(path, NEW)

    assert path.read_bytes() == NEW.encode()
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "a\r\nb\rc\n", "\ufeff---\n", "\x00\x0c\u2028", "x" * 3_000_000])
def test_every_character_is_written_as_it_is(path: Path, text: str) -> None:
    """No line end is translated, nothing is added, and a long text is whole."""
    write_file(path, text)

    assert path.read_bytes() == text.encode()


def test_a_new_file_is_made(path: Path) -> None:
    """A file that was not there is, readable by everybody and writable by its owner."""
    new = path.with_name("b.md")

    write_file(new, NEW)

    assert new.read_text(encoding="utf-8") == NEW
    assert stat.S_IMODE(new.stat().st_mode) == 0o644
    assert sorted(path.parent.iterdir()) == [path, new]


def test_a_reader_keeps_the_file_that_it_opened(path: Path) -> None:
    """The file is exchanged, not rewritten: whoever reads the old one reads it to its end."""
    before = path.stat().st_ino
    with path.open(encoding="utf-8") as reader:
        write_file(path, NEW)
        assert reader.read() == OLD

    assert path.stat().st_ino != before


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o755, 0o444])
def test_permissions_are_kept(path: Path, mode: int) -> None:
    """The new file may be read and written by those who could the old one."""
    path.chmod(mode)

    write_file(path, NEW)

    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_text(encoding="utf-8") == NEW


@pytest.mark.parametrize("relative", [True, False])
def test_a_link_is_followed(path: Path, tmp_path: Path, *, relative: bool) -> None:
    """The link stays, the file that it names is replaced, and the temporary file was never beside the link."""
    links = tmp_path / "links"
    links.mkdir()
    link = links / "b.md"
    link.symlink_to("../corpus/a.md" if relative else path)
    path.chmod(0o640)

    write_file(link, NEW)

    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == link.read_text(encoding="utf-8") == NEW
    assert not path.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(links.iterdir()) == [link]
    assert list(path.parent.iterdir()) == [path]


def test_a_link_in_a_chain_is_followed(path: Path) -> None:
    """Links to links, and links to folders, lead to the file."""
    (path.parent / "b.md").symlink_to("a.md")
    (path.parent / "c.md").symlink_to("b.md")
    (path.parent.parent / "folder").symlink_to("corpus")

    write_file(path.parent.parent / "folder" / "c.md", NEW)

    assert path.read_text(encoding="utf-8") == NEW
    assert (path.parent / "b.md").is_symlink()
    assert (path.parent / "c.md").is_symlink()


def test_a_path_from_here_is_written_here(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path needs no folder of its own in it."""
    monkeypatch.chdir(path.parent)

    write_file(Path("a.md"), NEW)

    assert path.read_text(encoding="utf-8") == NEW


class Steps:
    """What was asked of the operating system, in its order, with the text that the file had at that moment."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken: list[tuple[str, str]] = []
        self.temporary: list[Path] = []
        self.path = path
        fsync, replace = os.fsync, os.replace

        def note_fsync(descriptor: int) -> None:
            state = os.fstat(descriptor)
            what = "folder" if stat.S_ISDIR(state.st_mode) else "file"
            if what == "folder":
                assert state.st_ino == path.parent.stat().st_ino
            else:
                assert state.st_size == len(NEW.encode()), "what is not written yet cannot be kept"
            self._note(f"fsync {what}")
            fsync(descriptor)

        def note_replace(source: Any, target: Any) -> None:
            assert Path(target) == path
            assert Path(source).read_text(encoding="utf-8") == NEW
            self.temporary.append(Path(source))
            self._note("replace")
            replace(source, target)

        monkeypatch.setattr(os, "fsync", note_fsync)
        monkeypatch.setattr(os, "replace", note_replace)

    def _note(self, step: str) -> None:
        self.taken.append((step, self.path.read_text(encoding="utf-8")))


def test_the_text_is_on_disk_before_it_has_the_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new file is synced, then takes the name, then the folder is synced; before that the old text is there."""
    steps = Steps(path, monkeypatch)

    write_file(path, NEW)

    assert steps.taken == [("fsync file", OLD), ("replace", OLD), ("fsync folder", NEW)]


def test_the_temporary_file_is_no_entry(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands beside the file, so that taking its name is one step, under a name that a corpus never reads."""
    steps = Steps(path, monkeypatch)
    found: list[list[Path]] = []
    fsync = os.fsync

    def look(descriptor: int) -> None:
        found.append(find_files(path.parent))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look)

    write_file(path, NEW)

    (temporary,) = steps.temporary
    assert temporary.parent == path.parent
    assert temporary.name.startswith(".")
    assert not temporary.name.endswith(".md")
    assert found == [[path], [path]]


def _fail_with(error: BaseException) -> Callable[..., None]:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


@pytest.mark.parametrize("call", ["replace", "fsync", "chmod"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_failure_leaves_the_old_file_and_no_other(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """Whatever step fails, the file is as it was, no temporary one is left, and the error names file and reason."""
    monkeypatch.setattr(os, call, _fail_with(OSError(number, os.strerror(number))))
    before = path.stat()

    with pytest.raises(ConfigurationError) as error:
        write_file(path, NEW)

    monkeypatch.undo()
    assert str(path) in str(error.value)
    assert os.strerror(number) in str(error.value)
    assert path.read_text(encoding="utf-8") == OLD
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("call", ["replace", "fsync"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), KilledError()])
def test_an_interrupt_leaves_the_old_file_and_no_other(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException
) -> None:
    """A key pressed in the middle is passed on, with the file as it was and no temporary one left."""
    monkeypatch.setattr(os, call, _fail_with(error))

    with pytest.raises(type(error)):
        write_file(path, NEW)

    monkeypatch.undo()
    assert path.read_text(encoding="utf-8") == OLD
    assert list(path.parent.iterdir()) == [path]


def test_a_text_that_has_no_bytes_leaves_the_old_file(path: Path) -> None:
    """Half of a pair of surrogates cannot be written; nothing is."""
    with pytest.raises(UnicodeEncodeError):
        write_file(path, "\ud800")

    assert path.read_text(encoding="utf-8") == OLD
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_sync_of_the_folder_leaves_a_whole_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the new file took the name it is there, whole; an error that says it is not would be wrong."""
    fsync = os.fsync

    def fail(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not on this file system")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    message = ""
    try:
        write_file(path, NEW)
    except ConfigurationError as error:
        message = str(error)

    text = path.read_text(encoding="utf-8")
    assert text in {OLD, NEW}
    assert list(path.parent.iterdir()) == [path]
    assert ("as it was" in message) == (text == OLD)


def test_a_folder_that_is_not_there_is_told(path: Path) -> None:
    """No folder is made for a file that nobody asked for."""
    with pytest.raises(ConfigurationError, match=r"b\.md.*No such file or directory"):
        write_file(path.parent / "nowhere" / "b.md", NEW)

    assert not (path.parent / "nowhere").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_leaves_the_old_file(path: Path) -> None:
    """The error names the file, which is as it was."""
    path.parent.chmod(0o500)
    try:
        with pytest.raises(ConfigurationError, match="Permission denied"):
            write_file(path, NEW)
    finally:
        path.parent.chmod(0o700)

    assert path.read_text(encoding="utf-8") == OLD


def test_two_writers_never_share_a_temporary_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each makes its own, so that the one who is last gives the whole text."""
    steps = Steps(path, monkeypatch)

    write_file(path, NEW)
    write_file(path, NEW)

    assert len(set(steps.temporary)) == 2
