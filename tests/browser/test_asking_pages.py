"""A student asks, and goes on asking."""

from __future__ import annotations

from itertools import pairwise

from playwright.sync_api import Page, expect
from students import COMPOSED, CURATED, FALSE_PREMISE, NEURON, NOT_COVERED, ask, words_of


def test_an_answer_says_what_it_is_made_from(page: Page) -> None:
    """The entry's own answer is called so; one that is put together says from how many entries, and lists each once."""
    expect(ask(page, CURATED).locator(".rung")).to_have_text("From the QuickTakes answer")
    composed = ask(page, COMPOSED)
    count = composed.locator(".sources li").count()
    expect(composed.locator(".rung")).to_have_text(f"Put together from {count} entries")
    assert count > 1


def test_an_answer_comes_sentence_by_sentence(page: Page) -> None:
    """What is shown first is the first sentence, and it stays as the others come."""
    page.add_init_script(
        "window.shown = []; addEventListener('DOMContentLoaded', () => new MutationObserver(() => {"
        " const text = document.querySelector('.answer')?.textContent;"
        " if (text && window.shown.at(-1) !== text) window.shown.push(text);"
        "}).observe(document.body, {childList: true, subtree: true}))"
    )
    page.reload()
    ask(page, COMPOSED)
    shown = [words_of(text) for text in page.evaluate("window.shown")]
    assert len(shown) > 5
    for before, after in pairwise(shown):
        assert after.startswith(before)


def test_each_sentence_is_read_out_once(page: Page) -> None:
    """The live region gets each sentence as it comes, in plain words and without the numbers of sources."""
    turn = ask(page, CURATED)
    spoken = page.locator("#spoken").text_content() or ""
    assert spoken.count("of which each person inherits two.") == 1
    assert "The Iᴬ allele: The Iᴬ allele encodes" in spoken
    expect(turn.locator(".answer")).to_contain_text("Bombay phenotype")


def test_a_follow_up_is_answered_as_what_it_stands_for(page: Page) -> None:
    """A question that leans on the one before is answered with what it leans on, and says so."""
    ask(page, CURATED)
    expect(ask(page, "and how common are they?").locator(".resolved")).to_contain_text("ABO blood groups")


def test_what_is_not_covered_is_said_plainly(page: Page) -> None:
    """Nothing is made up: the page says that no entry covers it, and a nearest question can be asked by a press."""
    turn = ask(page, NOT_COVERED)
    expect(turn.locator(".rung")).to_have_text("Not covered")
    expect(turn.locator(".answer")).to_contain_text("does not answer this question")
    expect(turn.locator(".sources")).to_have_count(0)
    near = turn.locator(".next a").first
    question = near.inner_text()
    near.click()
    expect(page.locator(".turn").nth(1).locator(".asked")).to_have_text(question)
    expect(page.locator(".turn").nth(1).locator(".rung")).to_have_text("From the QuickTakes answer")


def test_a_false_premise_is_corrected_first(page: Page) -> None:
    """What the question wrongly takes for granted is said above the answer."""
    turn = ask(page, FALSE_PREMISE)
    expect(turn.locator(".corrected")).to_contain_text("four main alleles")
    assert turn.evaluate(
        "turn => !!(turn.querySelector('.corrected').compareDocumentPosition(turn.querySelector('.answer')) & 4)"
    )


def test_hints_lead_on_to_the_answer(page: Page) -> None:
    """A hint cites nothing; the next goes further, the third is the last, and the answer is a press away."""
    first = ask(page, NEURON, "hint")
    expect(first.locator(".rung")).to_have_text("Hint 1 of 3")
    expect(first.locator(".cite")).to_have_count(0)
    first.get_by_role("button", name="A further hint").click()
    second = page.locator(".turn").nth(1)
    expect(second.locator(".rung")).to_have_text("Hint 2 of 3")
    second.get_by_role("button", name="A further hint").click()
    third = page.locator(".turn").nth(2)
    expect(third.locator(".rung")).to_have_text("Hint 3 of 3")
    expect(third.get_by_role("button", name="A further hint")).to_have_count(0)
    third.get_by_role("button", name="Show the answer").click()
    expect(page.locator(".turn").nth(3).locator(".sources")).to_be_visible()


def test_an_answer_is_given_in_simpler_words(page: Page) -> None:
    """The same answer, simpler, and back in full."""
    ask(page, CURATED).get_by_role("button", name="Simpler").click()
    simpler = page.locator(".turn").nth(1)
    expect(simpler.locator(".rung")).to_contain_text("In simpler words, put together from 1 entry")
    simpler.get_by_role("button", name="In full").click()
    expect(page.locator(".turn").nth(2).locator(".rung")).to_have_text("From the QuickTakes answer")


def test_questions_are_offered_while_one_is_typed(page: Page) -> None:
    """What is typed is completed to questions that entries answer; arrow keys choose one and Enter asks it."""
    page.locator("#q").press_sequentially("mitoch", delay=20)
    offers = page.locator("#offers li")
    expect(offers.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(offers.first).to_have_attribute("aria-selected", "true")
    expect(page.locator("#q")).to_have_attribute("aria-activedescendant", "offer-0")
    question = offers.first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#offers")).to_be_hidden()
    expect(page.locator(".turn .asked")).to_have_text(question)
    page.locator("#q").press_sequentially("mitoch", delay=20)
    expect(offers.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#offers")).to_be_hidden()
    expect(page.locator("#q")).to_have_value("mitoch")


def test_an_example_begins_a_conversation(page: Page) -> None:
    """One of the questions on the empty page is asked by a press, without the page being left."""
    example = page.locator("#examples a").first
    question = example.inner_text()
    example.click()
    expect(page.locator(".turn .asked")).to_have_text(question)
    expect(page.locator(".turn .rung")).to_have_text("From the QuickTakes answer")
    expect(page.locator("#examples")).to_be_hidden()


def test_a_shared_address_is_a_conversation(page: Page, site: str) -> None:
    """An address with a question shows its answer, and a follow-up leans on it."""
    page.goto(f"{site}/?q=How+are+the+ABO+blood+groups+inherited%3F")
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator(".turn .rung")).to_have_text("From the QuickTakes answer")
    expect(ask(page, "and how common are they?").locator(".resolved")).to_contain_text("ABO blood groups")


def test_an_entry_is_asked_about(page: Page, site: str) -> None:
    """A question asked on an entry's page leans on the entry."""
    page.goto(f"{site}/learn/biology/questions/how-are-the-abo-blood-groups-inherited")
    page.get_by_label("Your question about this entry").fill("and how common are they?")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".turn .resolved").first).to_contain_text(CURATED)
    expect(page.locator(".turn .resolved").last).to_contain_text("ABO blood groups")
    expect(page.locator(".turn .answer")).to_contain_text("group O is the most frequent")


def test_an_answer_is_copied_with_its_sources(page: Page) -> None:
    """What is pasted has the question, the numbers in the text, and below it where they lead."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, CURATED).get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    text: str = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"{CURATED}\n\nThe ABO blood groups are inherited")
    assert "inherits two. [1]" in text
    assert "| O | ii | neither (H only) | anti-A and anti-B |" in text
    assert "\n[1] How are the ABO blood groups inherited? http://127.0.0.1:" in text
