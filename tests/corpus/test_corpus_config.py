"""The corpus's settings: which file holds them, what may stand in it, and how a slip is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.corpus import CorpusConfig, corpus_config
from rag.errors import ConfigurationError

WHOLE = """
select = ["QT2", "QT301"]
ignore = ["QT212"]
ignore-in = {"drafts/*" = ["QT6"], "old.md" = ["QT301", "QT302"]}
description-characters = [60, 160]
answer-words = [100, 400]
keywords = [5, 10]
ids = [9000, 9999]
"""

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file below the test's folder and returns its path."""

    def call(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return call


@pytest.fixture
def refused(tmp_path: Path, write: Write) -> Callable[..., str]:
    """Return a function that writes settings, fails unless they are refused, and returns the message."""

    def call(text: str, name: str = "quicktakes.toml") -> str:
        path = write(name, text)
        with pytest.raises(ConfigurationError) as error:
            corpus_config(tmp_path)
        assert str(path) in str(error.value)
        return str(error.value)

    return call


def test_every_setting_is_read(tmp_path: Path, write: Write) -> None:
    """Each setting of the table becomes the attribute of its name, and the folder is that of the file."""
    write("quicktakes.toml", f"[corpus]{WHOLE}")

    assert corpus_config(tmp_path) == CorpusConfig(
        folder=tmp_path,
        select=("QT2", "QT301"),
        ignore=("QT212",),
        ignore_in={"drafts/*": ("QT6",), "old.md": ("QT301", "QT302")},
        description_characters=(60, 160),
        answer_words=(100, 400),
        keywords=(5, 10),
        ids=(9000, 9999),
    )


def test_pyproject_can_hold_the_same_settings(tmp_path: Path, write: Write) -> None:
    """The table tool.quicktakes.corpus of pyproject.toml is read as the one of quicktakes.toml is."""
    write("pyproject.toml", f"[project]\nname = 'x'\n[tool.quicktakes.corpus]{WHOLE}")
    write("other/quicktakes.toml", f"[corpus]{WHOLE}")

    read, other = corpus_config(tmp_path), corpus_config(tmp_path / "other")

    assert read.folder == tmp_path
    assert all(getattr(read, name) == getattr(other, name) for name in CorpusConfig.__slots__ if name != "folder")
    assert read.keywords == (5, 10)


def test_a_setting_that_is_not_given_keeps_its_default(tmp_path: Path, write: Write) -> None:
    """One setting changes that one alone; an empty table changes none."""
    write("quicktakes.toml", "[corpus]\nkeywords = [1, 2]")
    write("empty/quicktakes.toml", "[corpus]")
    write("bare/quicktakes.toml", "")

    assert corpus_config(tmp_path) == CorpusConfig(folder=tmp_path, keywords=(1, 2))
    assert corpus_config(tmp_path / "empty") == CorpusConfig(folder=tmp_path / "empty")
    assert corpus_config(tmp_path / "bare") == CorpusConfig(folder=tmp_path / "bare")


@pytest.mark.parametrize("start", ["", "a", "a/b", "a/b/entry.md", "a/not-there.md"])
def test_the_nearest_file_at_or_above_holds(tmp_path: Path, write: Write, start: str) -> None:
    """Settings are looked for beside a file or in a folder, then in each folder above; the first found hold alone."""
    write("quicktakes.toml", "[corpus]\nkeywords = [1, 9]\nanswer-words = [1, 9]")
    write("a/b/entry.md", "")
    write("a/b/quicktakes.toml", "[corpus]\nkeywords = [2, 9]")

    config = corpus_config(tmp_path / start)

    inner = start.startswith("a/b")
    assert config.keywords == ((2, 9) if inner else (1, 9))
    assert config.answer_words == (CorpusConfig().answer_words if inner else (1, 9))
    assert config.folder == (tmp_path / "a/b" if inner else tmp_path)


@pytest.mark.parametrize("nearest", ["quicktakes.toml", "pyproject.toml"])
def test_nearness_counts_more_than_the_name(tmp_path: Path, write: Write, nearest: str) -> None:
    """Either name holds where it is the nearer; side by side, quicktakes.toml does."""
    texts = {"quicktakes.toml": "[corpus]", "pyproject.toml": "[tool.quicktakes.corpus]"}
    (other,) = texts.keys() - {nearest}
    write(f"a/{nearest}", f"{texts[nearest]}\nkeywords = [1, 1]")
    write(other, f"{texts[other]}\nkeywords = [2, 2]")
    write("both/quicktakes.toml", "[corpus]\nkeywords = [3, 3]")
    write("both/pyproject.toml", "[tool.quicktakes.corpus]\nkeywords = [4, 4]")

    assert corpus_config(tmp_path / "a").keywords == (1, 1)
    assert corpus_config(tmp_path).keywords == (2, 2)
    assert corpus_config(tmp_path / "both").keywords == (3, 3)


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'", "[tool.ruff]\nselect = ['ALL']", "[tool.quicktakes]"])
def test_a_pyproject_without_the_table_is_passed_over(tmp_path: Path, write: Write, text: str) -> None:
    """It belongs to another tool; the settings above it hold."""
    write("quicktakes.toml", "[corpus]\nkeywords = [2, 9]")
    write("a/pyproject.toml", text)

    config = corpus_config(tmp_path / "a")

    assert (config.keywords, config.folder) == ((2, 9), tmp_path)


def test_an_empty_table_of_pyproject_is_settings(tmp_path: Path, write: Write) -> None:
    """Where the table is there, defaults are meant, and the settings above do not hold."""
    write("quicktakes.toml", "[corpus]\nkeywords = [2, 9]")
    write("a/pyproject.toml", "[tool.quicktakes.corpus]")

    assert corpus_config(tmp_path / "a") == CorpusConfig(folder=tmp_path / "a")


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    """A folder of entries needs no settings; patterns then match nothing."""
    config = corpus_config(tmp_path)

    assert config == CorpusConfig()
    assert config.folder is None
    assert config.ignored_in(tmp_path / "a.md") == ()


def test_a_folder_of_that_name_is_no_file(tmp_path: Path, write: Write) -> None:
    """What is no file is passed over."""
    write("quicktakes.toml", "[corpus]\nkeywords = [2, 9]")
    (tmp_path / "a/quicktakes.toml").mkdir(parents=True)

    assert corpus_config(tmp_path / "a").keywords == (2, 9)


def test_a_path_from_here_finds_settings_above_here(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path is looked up from where it is used, through every folder above."""
    write("quicktakes.toml", "[corpus]\nkeywords = [2, 9]")
    (tmp_path / "a/b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a/b")

    assert corpus_config(Path()).keywords == (2, 9)
    assert corpus_config(Path("../b")).folder == tmp_path


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("keyword = [1, 2]", "'keyword'"),
        ("answer_words = [1, 2]", "'answer_words'"),
        ("folder = 'a'", "'folder'"),
        ("Select = []", "'Select'"),
        ("select = []\nselects = []", "'selects'"),
    ],
)
@pytest.mark.parametrize(
    ("name", "table"), [("quicktakes.toml", "corpus"), ("pyproject.toml", "tool.quicktakes.corpus")]
)
def test_an_unknown_setting_is_refused(
    refused: Callable[..., str], name: str, table: str, setting: str, named: str
) -> None:
    """The message names the file, the setting and those that there are."""
    message = refused(f"[{table}]\n{setting}", name)

    assert named in message
    assert "description-characters" in message


@pytest.mark.parametrize("setting", ['select = ["QT5"]', "keywords = [1, 2]", "[corpse]\nkeywords = [1, 2]"])
def test_a_setting_outside_the_table_is_refused(refused: Callable[..., str], setting: str) -> None:
    """In a file that is ours alone, what stands anywhere but below [corpus] would be read by nobody."""
    assert "[corpus]" in refused(setting)


@pytest.mark.parametrize(
    "setting",
    [
        'select = "QT5"',
        "select = 5",
        "select = [5]",
        'select = ["QT5", ["QT6"]]',
        "ignore = true",
        "ignore = {}",
        "ignore = [1.5]",
        'ignore-in = ["drafts/*"]',
        'ignore-in = "drafts/*"',
        'ignore-in = {"drafts/*" = "QT5"}',
        'ignore-in = {"drafts/*" = [5]}',
        "keywords = 5",
        "keywords = [5]",
        "keywords = [1, 2, 3]",
        "keywords = [9, 1]",
        'keywords = ["1", "2"]',
        "keywords = [1.0, 2.0]",
        "keywords = [false, true]",
        "answer-words = {least = 1, most = 2}",
        "description-characters = 2026-01-31",
        "ids = []",
        "ids = [2, 1]",
    ],
)
def test_a_setting_of_another_type_is_refused(refused: Callable[..., str], setting: str) -> None:
    """The message names the file and the setting, and shows what was given."""
    message = refused(f"[corpus]\n{setting}")

    assert f"corpus.{setting.partition(' ')[0]}" in message
    assert "not " in message


@pytest.mark.parametrize("bounds", ["[0, 0]", "[3, 3]", "[1, 1000000000]"])
def test_bounds_may_be_one_number(tmp_path: Path, write: Write, bounds: str) -> None:
    """The least may be the most."""
    write("quicktakes.toml", f"[corpus]\nanswer-words = {bounds}")

    assert list(corpus_config(tmp_path).answer_words) == [int(each) for each in bounds[1:-1].split(",")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("quicktakes.toml", b"[corpus\n"),
        ("quicktakes.toml", b"[corpus]\nkeywords = [1, 2"),
        ("quicktakes.toml", b"[corpus]\nkeywords = [1, 2]\nkeywords = [1, 2]"),
        ("quicktakes.toml", b"[corpus]\nignore = ['caf\xe9']"),
        ("quicktakes.toml", b"\xff\xfe["),
        ("pyproject.toml", b"tool = ]"),
        ("quicktakes.toml", b"corpus = 5"),
        ("quicktakes.toml", b"[[corpus]]"),
        ("pyproject.toml", b"tool = 5"),
        ("pyproject.toml", b"[tool]\nquicktakes = 5"),
        ("pyproject.toml", b"[tool.quicktakes]\ncorpus = []"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    """Broken TOML, another encoding and a value in a table's place are told with the file's name."""
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(ConfigurationError) as error:
        corpus_config(tmp_path)

    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("drafts/a.md", ("QT6", "QT301")),
        ("drafts/deep/a.md", ("QT6", "QT301")),
        ("a.md", ()),
        ("old.md", ("QT3",)),
        ("sub/old.md", ()),
        ("drafts/old.md", ("QT6", "QT301")),
        ("7.md", ("QT5",)),
        ("77.md", ()),
        ("../drafts/a.md", ()),
    ],
)
def test_patterns_are_globs_from_the_folder_of_the_settings(tmp_path: Path, name: str, codes: tuple[str, ...]) -> None:
    """A star spans folders, a pattern without one is one file, and all that match count."""
    config = CorpusConfig(
        folder=tmp_path / "corpus",
        ignore_in={"drafts/*": ("QT6",), "d*.md": ("QT301",), "old.md": ("QT3",), "[0-9].md": ("QT5",)},
    )

    assert config.ignored_in(tmp_path / "corpus" / name) == codes


def test_patterns_match_however_a_path_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative, with dots, or through a link to a folder, a file is the same file."""
    (tmp_path / "corpus/drafts").mkdir(parents=True)
    (tmp_path / "link").symlink_to("corpus/drafts")
    monkeypatch.chdir(tmp_path / "corpus")
    config = CorpusConfig(folder=tmp_path / "corpus", ignore_in={"drafts/*": ("QT6",)})

    for path in ("drafts/a.md", "./x/../drafts/a.md", "../link/a.md", str(tmp_path / "link/a.md")):
        assert config.ignored_in(Path(path)) == ("QT6",), path


def test_settings_cannot_be_changed() -> None:
    """Settings are a value: what one part was given no other changes."""
    config: Any = CorpusConfig()
    with pytest.raises(AttributeError):
        config.keywords = (1, 2)
