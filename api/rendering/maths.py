r"""LaTeX as MathML; what cannot be read is shown as it was written.

What counts as mathematics inside a line is what counts as it for the index (`rag.passages.maths_spans`), so that a
price is a price in both; blocks of it are read by markdown-it's plug-ins.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from latex2mathml import exceptions as latex
from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin

from rag.passages import maths_spans

if TYPE_CHECKING:
    from markdown_it.renderer import RendererProtocol
    from markdown_it.utils import EnvType, OptionsDict

INLINE_MATHS = "math_inline"
BLOCK_MATHS = "math_block"

_MOST_CHARACTERS = 2_000
_MOST_DEPTH = 40
"""Beyond these a formula is shown as it was written: the reader of LaTeX is recursive."""

_UNREADABLE = (
    latex.NumeratorNotFoundError,
    latex.DenominatorNotFoundError,
    latex.ExtraLeftOrMissingRightError,
    latex.MissingSuperScriptOrSubscriptError,
    latex.DoubleSubscriptsError,
    latex.DoubleSuperscriptsError,
    latex.NoAvailableTokensError,
    latex.InvalidStyleForGenfracError,
    latex.MissingEndError,
    latex.InvalidAlignmentError,
    latex.InvalidWidthError,
    latex.LimitsMustFollowMathOperatorError,
    LookupError,  # what latex2mathml lets through where an argument is missing
    TypeError,
    ValueError,
    AttributeError,
    StopIteration,
    RuntimeError,
)
_CHILDREN = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "mover": 2, "munder": 2, "munderover": 3, "mroot": 2}
"""How many parts MathML wants; with fewer a browser shows an error."""

MATHML_TAGS = frozenset(
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd "
    "mstyle mpadded mphantom".split()
)
MATHML_ATTRIBUTES = frozenset({"display", "mathvariant", "stretchy"})

_CHEMISTRY = re.compile(r"\\ce\{((?:[^{}]|\{[^{}]*\})*)\}")
_COUNT = re.compile(r"(?<=[A-Za-z)\]])(\d+)")
_CHARGE = re.compile(r"(?<=[A-Za-z0-9)\]}])\^?(\d*[+-])(?= |$)")
_ARROWS = {"<=>": r"\rightleftharpoons ", "<->": r"\leftrightarrow ", "->": r"\rightarrow "}


def read_maths(markdown: MarkdownIt) -> None:
    """Let a Markdown parser read mathematics, and show it."""
    dollarmath_plugin(markdown, allow_labels=False, allow_blank_lines=False)
    texmath_plugin(markdown, delimiters="brackets")
    markdown.inline.ruler.at(INLINE_MATHS, _inline_maths)
    for kind in (INLINE_MATHS, BLOCK_MATHS, "math_block_eqno"):
        markdown.add_render_rule(kind, _render)


def mathml(source: str, *, is_block: bool) -> str:
    """Return a formula as MathML, or its source as code where it cannot be read."""
    element = _element(source.strip())
    if element is None:
        return f'<code class="formula">{html.escape(source.strip())}</code>'
    element.set("display", "block" if is_block else "inline")
    return ET.tostring(element, encoding="unicode")


def _inline_maths(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 as markdown-it calls it
    if state.src[state.pos] not in "$\\":
        return False
    spans = state.env.setdefault("maths", {})
    if state.src not in spans:
        spans[state.src] = {span.start: (span, inner) for span, inner in maths_spans(state.src)}
    span, inner = spans[state.src].get(state.pos, (None, ""))
    if span is None or span.end > state.posMax:
        return False
    if not silent:
        token = state.push(INLINE_MATHS, "math", 0)
        token.info = state.src[span.start : span.end]
        token.content = token.info if token.info.startswith(r"\ce") else inner
        token.hidden = token.info.startswith(("$$", r"\["))
    state.pos = span.end
    return True


def _render(
    _renderer: RendererProtocol, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    token = tokens[index]
    is_block = token.block or token.hidden
    rendered = mathml(token.content, is_block=is_block)
    if not token.block:
        return rendered
    identity = f' id="{token.attrs["id"]}"' if "id" in token.attrs else ""
    return f'<p{identity} class="equation {token.attrs.get("class", "")}">{rendered}</p>\n'


def _element(source: str) -> ET.Element | None:
    if len(source) > _MOST_CHARACTERS or _depth(source) > _MOST_DEPTH:
        return None
    try:
        element = convert_to_element(_CHEMISTRY.sub(_formula, source))
    except _UNREADABLE:
        return None
    return element if all(_settle(part) for part in element.iter()) else None


def _settle(part: ET.Element) -> bool:
    """Make an element what a browser shows, and tell whether it can be: commands left over cannot."""
    part.text = html.unescape(part.text or "")
    part.tail = ""
    for name in set(part.attrib) - MATHML_ATTRIBUTES:
        del part.attrib[name]
    return part.tag in MATHML_TAGS and "\\" not in part.text and len(part) >= _CHILDREN.get(part.tag, 0)


def _formula(found: re.Match[str]) -> str:
    r"""Return what ``\ce{..}`` holds as LaTeX that latex2mathml knows."""
    text = found[1]
    for arrow, command in _ARROWS.items():
        text = text.replace(arrow, command)
    return r"\mathrm{" + _CHARGE.sub(r"^{\1}", _COUNT.sub(r"_{\1}", text)) + "}"


def _depth(source: str) -> int:
    depth = deepest = 0
    for character in source:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return deepest
