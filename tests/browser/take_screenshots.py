"""Pictures of the pages for the documentation: ``make screenshots``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from editors import MISSPELT, compare, sign_in
from playwright.sync_api import Page, expect, sync_playwright
from serving import CHROMIUM_ARGUMENTS, chromium, editors_key, serve
from students import CURATED, NOT_COVERED, ask, choose

REPOSITORY = Path(__file__).resolve().parents[2]
_MOST_BYTES = 200_000
_ENTRY = "/learn/biology/questions/how-do-enzymes-speed-up-reactions-without-being-used-up?start=0&end=234"
_OWN = "Enzymes bind substrates in an active site and lower the activation energy. They do not change the equilibrium."


def _welcome(page: Page) -> None:
    page.locator("#q").press_sequentially("photosynthesis", delay=10)
    expect(page.locator("#offers li").first).to_be_visible()


def _source(page: Page) -> None:
    turn = ask(page, CURATED)
    turn.locator(".answer a.cite").nth(3).click()
    expect(page.locator("#source mark").first).to_be_visible()


def _abstained(page: Page) -> None:
    ask(page, NOT_COVERED)


def _check(page: Page) -> None:
    choose(page, "check")
    page.fill("#q", "How do enzymes speed up reactions without being used up?")
    page.fill("#own-answer", _OWN)
    page.click("#go")
    expect(page.locator(".score")).to_be_visible()


def _browse(page: Page) -> None:
    page.goto(f"{page.url}browse/biology")


def _entry(page: Page) -> None:
    page.goto(f"{page.url}{_ENTRY[1:]}")


def _workbench(page: Page, key: str) -> None:
    page.goto(f"{page.url}workbench")
    sign_in(page, key)
    compare(page, MISSPELT, "As it is set up", "Without spelling repair")
    expect(page.locator(".sides tbody tr").first).to_be_visible()


PICTURES: dict[str, Callable[[Page], None]] = {
    "ask": _welcome,
    "answer": _source,
    "not-covered": _abstained,
    "check": _check,
    "browse": _browse,
    "entry": _entry,
}


def main(folder: Path) -> None:
    """Take each picture, light and dark, on a desktop and on a phone."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch, sync_playwright() as playwright:
        kept = REPOSITORY / ".quicktakes/embeddings.sqlite3"
        if kept.is_file():  # the vectors of the corpus, which take a minute
            Path(scratch, "index").mkdir()
            shutil.copy(kept, Path(scratch, "index"))
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGUMENTS))
        with serve(Path(scratch), REPOSITORY / "corpus") as url:
            pictures = {**PICTURES, "workbench": partial(_workbench, key=editors_key(Path(scratch)))}
            for screen, width, height in (("desktop", 1280, 800), ("phone", 390, 844)):
                for scheme in ("light", "dark"):
                    for name, act in pictures.items():
                        visitor = browser.new_context(
                            viewport={"width": width, "height": height},
                            color_scheme=scheme,  # pyright: ignore[reportArgumentType] one of the two
                            reduced_motion="reduce",
                            is_mobile=screen == "phone",
                            has_touch=screen == "phone",
                        )
                        page = visitor.new_page()
                        page.goto(f"{url}/")
                        act(page)
                        page.mouse.move(0, 0)
                        page.screenshot(path=folder / f"{name}-{screen}-{scheme}.png")
                        visitor.close()
        browser.close()
    _shrink(folder)


def _shrink(folder: Path) -> None:
    """Write the pictures as small as they can be without loss, where optipng is installed."""
    files = sorted(folder.glob("*.png"))
    if optipng := shutil.which("optipng"):
        subprocess.run([optipng, "-quiet", "-strip", "all", *files], check=True)  # noqa: S603 our own words
    if large := [file.name for file in files if file.stat().st_size > _MOST_BYTES]:
        raise SystemExit(f"larger than {_MOST_BYTES // 1000} kB: {', '.join(large)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
