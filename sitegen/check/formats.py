"""Findings as other programs read them: JSON, SARIF 2.1.0, and the annotations of GitHub Actions.

Sources: SARIF 2.1.0 (OASIS), GitHub's "Workflow commands". Invariant: pure; paths are relative to the site's folder.
"""

from typing import Any
from urllib.parse import quote

from sitegen import __version__
from sitegen.check.checking import CheckReport
from sitegen.check.codes import meaning_of
from sitegen.errors import Problem

FORMATS = ("text", "json", "sarif", "github")
SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_json(report: CheckReport) -> dict[str, Any]:
    """The findings and what was mended, in one object."""
    return {
        "findings": [
            {
                "code": each.code,
                "severity": each.severity,
                "path": each.where.path,
                "line": each.where.line,
                "column": each.where.column,
                "message": each.message,
                "help": each.help,
            }
            for each in report.findings
        ],
        "fixed": [
            {"code": each.code, "path": each.path, "line": each.line, "before": each.before, "after": each.after}
            for each in report.fixed
        ],
        "counts": {name: report.count(name) for name in ("error", "warning", "note")},
        "articles": report.articles,
        "outputs": report.outputs,
        "whole": report.whole,
        "seconds": report.seconds,
    }


def as_sarif(report: CheckReport) -> dict[str, Any]:
    """A SARIF log with one run."""
    codes = sorted({each.code for each in report.findings})
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "sitegen",
                        "semanticVersion": __version__,
                        "rules": [
                            {"id": code, "shortDescription": {"text": meaning_of(code)}, "name": _name(code)}
                            for code in codes
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"SITE": {"description": {"text": "The folder that holds sitegen.yaml."}}},
                "results": [_result(each, codes.index(each.code)) for each in report.findings],
            }
        ],
    }


def _name(code: str) -> str:
    return "".join(part.capitalize() for part in code.replace(".", "-").split("-"))


def _result(finding: Problem, index: int) -> dict[str, Any]:
    text = f"{finding.message}. {finding.help}" if finding.help else finding.message
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": text},
    }
    where = finding.where
    if where.path:
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(where.path), "uriBaseId": "SITE"}}
        if where.line:
            place["region"] = {"startLine": where.line}
            if where.column:
                place["region"] |= {"startColumn": where.column, "endColumn": where.column + finding.width}
        result["locations"] = [{"physicalLocation": place}]
    return result


_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def as_github(report: CheckReport) -> list[str]:
    """A workflow command a finding, which GitHub shows beside the line."""
    return [_command(each) for each in report.findings]


def _command(finding: Problem) -> str:
    where = finding.where
    given = {"file": where.path, "line": where.line, "col": where.column, "title": finding.code}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in given.items() if value)
    text = f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message
    return f"::{_COMMANDS[finding.severity]} {properties}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
