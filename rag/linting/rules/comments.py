"""Comments that silence a rule are checked as well: one that names no rule silences nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from rag.linting.page import Page
from rag.linting.rule import Fault, PageRule
from rag.linting.suppressions import suppressions_in


def unknown_code_rule(codes: Collection[str]) -> PageRule:
    """Return the rule that finds comments which name none of the codes."""

    def check(page: Page) -> Iterable[Fault]:
        for found in suppressions_in(page.source):
            key = found.scope or ()
            if not found.codes or found.scope is None:
                yield Fault("a comment silences nothing; put '# quicktakes: ignore QT503' above a key", key)
            for code in sorted({*found.codes} - {*codes, _CODE}):
                yield Fault(f"a comment silences {code}, which is no rule; see docs/rules.md", key)

    return PageRule(
        _CODE,
        "unknown-code",
        "A comment `# quicktakes: ignore QT503` silences a rule for the key below it, `ignore-file` for the file. "
        "One that names no rule silences nothing, and hides a slip.",
        "# quicktakes: ignore QT999\nauthor: QuickTakes",
        "# quicktakes: ignore QT202\nauthor: QuickTakes",
        check,
    )


_CODE = "QT150"
