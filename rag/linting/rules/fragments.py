r"""What is left of a LaTeX command whose backslash and first letter were read as an escape: ``ext{`` of ``\text{``.

The escapes of JSON and Python that take a first letter along are ``\a \b \f \n \r \t \v``; the commands are those that
occur in the publisher's answers, with the ones most like them.
"""

from __future__ import annotations

import re

_LOST_BEFORE_BRACE = re.compile(r"(?<![\\A-Za-z])(?:ext|extbf|extit|rac|egin|inom|ec|oldsymbol)\{")
_LOST_NAME = re.compile(
    r"(?<![\\A-Za-z{_^])(?:imes|heta|herefore|ightarrow|ightleftharpoons|orall|lpha|pprox)(?![A-Za-z])"
)


def lost_command(text: str) -> re.Match[str] | None:
    """Return the first place where a command has lost its backslash and its first letter."""
    return _LOST_BEFORE_BRACE.search(text) or _LOST_NAME.search(text)
