"""The pages as they are sent: what browser tests cannot see, and what must hold where there is no browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from made_service import LEAVES, serving
from starlette.testclient import TestClient

from api import pages
from api.pages.answered import badge_of
from rag.settings import Settings
from rag.testing import entry_text

QUESTION = "Why do leaves look green?"
PAGE = {"Accept": "text/html"}


def get(client: TestClient, path: str) -> str:
    """Return a page that is there."""
    reply = client.get(path, headers=PAGE)
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    return reply.text


def test_pages_have_no_script_or_style_within_them(client: TestClient) -> None:
    """Scripts and styles come from files of ours alone, so that the strictest policy holds; nothing is from outside."""
    for path in ("/", f"/?q={QUESTION}", "/browse/biology", "/search?q=leaves", LEAVES):
        page = get(client, path)
        assert "<style" not in page
        assert not re.search(r"\s(style|on\w+)=", page)
        for attributes, within in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
            assert (not within and 'src="/static/' in attributes) or 'type="application/json"' in attributes
        assert not re.search(r"""(src|href|action)=["']?(https?:)?//""", page)


def test_scripts_and_styles_are_small() -> None:
    """What a student's page loads is under 60 kB as it is written, without a build step."""
    files = [file for file in (Path(pages.__file__).parent / "static").iterdir() if file.suffix in {".css", ".js"}]
    files = [file for file in files if file.name != "workbench.css"]
    assert sum(file.stat().st_size for file in files) < 60_000


def test_scripts_load_nothing_from_outside() -> None:
    """No file of ours names another host."""
    for file in (Path(pages.__file__).parent / "static").iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|url\(|@import", text), file


def test_the_answer_on_a_page_is_the_one_of_the_api(client: TestClient) -> None:
    """A page's answer comes with what its script goes on from: the same JSON that the service gives."""
    page = get(client, f"/?q={QUESTION}")
    found = re.search(r'<script type="application/json" id="shown">(.*?)</script>', page)
    assert found
    shown = json.loads(found[1])
    reply = client.post("/api/ask", json={"question": QUESTION}).json()
    assert shown["html"] == reply["html"]
    assert shown["answer"]["text"] == reply["text"]
    assert shown["html"] in page


def test_a_question_cannot_end_the_script_that_holds_it(client: TestClient) -> None:
    """Whatever is asked, the JSON on the page is JSON, and the question text."""
    page = get(client, "/?q=</script><script>alert(1)</script><!-- leaves")
    assert "<script>alert" not in page
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page


def test_entries_are_at_their_own_address(client: TestClient) -> None:
    """The url of an entry is its page, with what a citation rests on marked."""
    page = get(client, f"{LEAVES}?start=0&end=17")
    assert '<mark id="cited" class="cited">Leaves look green</mark> because' in page
    assert f'href="/api/entries{LEAVES}?raw=true"' in page
    assert 'href="#cited"' in page
    assert "<mark" not in get(client, f"{LEAVES}?start=9000&end=9999")
    assert "<mark" not in get(client, LEAVES)


@pytest.mark.parametrize("path", ["/nope", "/learn/biology/questions/nope", "/browse/nope", f"/?q=x&about={LEAVES}x"])
def test_what_is_not_there_is_a_page_or_a_problem(client: TestClient, path: str) -> None:
    """A browser gets a page that says so, a program a problem; both with the status."""
    page = client.get(path, headers=PAGE)
    assert page.status_code == 404
    assert "<h1>There is no such page</h1>" in page.text
    problem = client.get(path, headers={"Accept": "application/json"})
    assert problem.status_code == 404
    assert problem.headers["content-type"] == "application/problem+json"


def test_the_api_always_answers_programs(client: TestClient) -> None:
    """An error of the API is a problem whatever a caller accepts."""
    reply = client.get("/api/entries/learn/x/questions/y", headers=PAGE)
    assert reply.headers["content-type"] == "application/problem+json"


def test_an_error_on_a_page_tells_nothing_of_the_machine(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails unforeseen is a page with the status, and no word of why."""
    monkeypatch.setattr("api.pages.entries.entry_html", lambda *_: 1 / 0)
    reply = client.get(LEAVES, headers=PAGE)
    assert reply.status_code == 500
    assert "Something went wrong" in reply.text
    assert "division" not in reply.text
    assert str(settings.corpus_dir) not in reply.text


def test_an_unusable_question_is_told_on_the_page(client: TestClient) -> None:
    """A question that is too long stands on its page with what is wrong with it."""
    reply = client.get(f"/?q={'x' * 5000}", headers=PAGE)
    assert reply.status_code == 422
    assert 'class="trouble"' in reply.text


def test_files_are_asked_for_anew_and_sent_once(client: TestClient) -> None:
    """A browser always asks whether a script changed, and gets it only where it did."""
    first = client.get("/static/page.js")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/static/page.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/static/../writing.py").status_code == 404
    assert client.get("/static/%2e%2e/writing.py").status_code == 404


def test_subjects_are_listed_where_there_are_several(settings: Settings) -> None:
    """With one subject the list is its questions; with more it is theirs."""
    with serving(settings) as client:
        assert client.get("/browse", headers=PAGE, follow_redirects=False).headers["location"] == "/browse/biology"
    text = entry_text("What is a force?", "A force changes how a body moves.", subject="Physics")
    (settings.corpus_dir / "force.md").write_text(text, encoding="utf-8")
    with serving(settings) as client:
        page = get(client, "/browse")
        assert re.findall(r'href="/browse/(\w+)"', page) == ["biology", "physics"]
        assert "A force changes" not in get(client, "/browse/physics")


def test_a_list_is_cut_into_pages(settings: Settings) -> None:
    """Fifty questions stand on a page; a page beyond the last is the last."""
    for number in range(60):
        text = entry_text(f"What is thing number {number:02}?", f"Thing {number} is a thing.")
        (settings.corpus_dir / f"thing-{number:02}.md").write_text(text, encoding="utf-8")
    with serving(settings) as client:
        assert get(client, "/browse/biology").count("<li><a href") == 50
        assert get(client, "/browse/biology?page=2").count("<li><a href") == 13
        assert get(client, "/browse/biology?page=99").count("<li><a href") == 13
        assert get(client, "/browse/biology?with=THING 07").count("<li><a href") == 1


@pytest.mark.parametrize(
    ("changes", "kind", "text"),
    [
        ({}, "curated", "From the QuickTakes answer"),
        ({"rung": "composed"}, "composed", "Put together from 2 entries"),
        ({"rung": "composed", "citations": [{"url": "a"}]}, "composed", "Put together from 1 entry"),
        ({"rung": "generated"}, "generated", "Written from 2 entries"),
        ({"rung": "generated", "status": "partial"}, "partial", "Partly covered, written from 2 entries"),
        ({"mode": "simpler"}, "curated", "In simpler words, from the QuickTakes answer"),
        ({"mode": "hint", "level": 2}, "hint", "Hint 2 of 3"),
        ({"status": "abstained", "mode": "hint"}, "abstained", "Not covered"),
    ],
)
def test_badges_say_what_an_answer_is_made_from(changes: dict[str, object], kind: str, text: str) -> None:
    """Each way that an answer can be made has its words."""
    answer = {"status": "answered", "rung": "curated", "mode": "explain", "level": None}
    citations = [{"url": "a"}, {"url": "b"}, {"url": "a"}]
    badge = badge_of({**answer, "citations": citations, **changes})
    assert (badge.kind, badge.text) == (kind, text)


def test_streams_carry_what_a_page_shows(client: TestClient) -> None:
    """Each sentence of a stream comes with its HTML and how many blocks before it stay; the end with the whole."""
    reply = client.post("/api/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    events = [dict(line.split(": ", 1) for line in part.splitlines()) for part in reply.text.split("\n\n") if part]
    sentences = [json.loads(event["data"]) for event in events if event["event"] == "sentence"]
    done = json.loads(events[-1]["data"])
    assert sentences[0]["keep"] == 0
    assert sentences[-1]["html"] == done["html"]
    assert f'href="{LEAVES}?start=0&amp;end=' in done["html"]


def test_checked_points_come_as_html(client: TestClient) -> None:
    """Each key point of a checked answer can be shown as it is."""
    checked = client.post(
        "/api/check", json={"question": QUESTION, "answer": "Chlorophyll reflects green light."}
    ).json()
    assert all(fact["html"].startswith("<p>") for fact in checked["facts"])
    assert checked["facts"]
