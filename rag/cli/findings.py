"""Findings on standard output, for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

import typer

from rag.cli.output import write_json
from rag.linting import RULES, Finding
from rag.wire import Json

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_GITHUB_MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_GITHUB_PROPERTY = {**_GITHUB_MESSAGE, ":": "%3A", ",": "%2C"}


def write_findings(findings: Sequence[Finding], output_format: str) -> None:
    """Write findings: ``text``, ``json`` and ``github`` a line each, ``sarif`` one document."""
    if output_format == "sarif":
        write_json(_sarif(findings))
    for finding in findings:
        if output_format == "text":
            typer.echo(str(finding))
        elif output_format == "json":
            write_json(_as_json(finding))
        elif output_format == "github":
            typer.echo(_github(finding))


def level_of(code: str) -> str:
    """Return ``error`` for what stops a file from being used, else ``warning``."""
    return "error" if code.startswith("QT1") else "warning"


def _as_json(finding: Finding) -> dict[str, Json]:
    return {
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "code": finding.code,
        "message": finding.message,
        "fixable": finding.fixable,
    }


def _github(finding: Finding) -> str:
    """Return a workflow command; the escapes are those of GitHub's own toolkit (actions/toolkit, command.ts)."""
    path = finding.path.translate(str.maketrans(_GITHUB_PROPERTY))
    message = finding.message.translate(str.maketrans(_GITHUB_MESSAGE))
    place = f"file={path},line={finding.line},col={finding.column}"
    return f"::{level_of(finding.code)} {place},title={finding.code}::{message}"


def _sarif(findings: Sequence[Finding]) -> dict[str, Json]:
    rules: list[Json] = [
        {
            "id": rule.code,
            "name": rule.name,
            "fullDescription": {"text": rule.why},
            "defaultConfiguration": {"level": level_of(rule.code)},
        }
        for rule in RULES
    ]
    driver: dict[str, Json] = {"name": "quicktakes corpus lint", "rules": rules}
    results: list[Json] = [_sarif_result(finding) for finding in findings]
    run: dict[str, Json] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_result(finding: Finding) -> dict[str, Json]:
    uri = quote(PurePath(finding.path).as_posix())
    return {
        "ruleId": finding.code,
        "level": level_of(finding.code),
        "message": {"text": finding.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": {"startLine": finding.line, "startColumn": finding.column},
                }
            }
        ],
    }
