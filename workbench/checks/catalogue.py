"""The catalogue of the stored checks as Markdown.

Written by ``python -m workbench.checks.catalogue > docs/CHECK_CATALOGUE.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from workbench.checks.header import PRESETS
from workbench.checks.registry import Check, load_checks

__all__ = ["catalogue"]


def catalogue() -> str:
    """The whole page; a test compares it with the file."""
    checks = load_checks()
    areas = sorted({check.facts.area for check in checks})
    lines = [
        "# Catalogue of waste checks",
        "",
        f"{len(checks)} checks, made from the headers in `queries/waste`; [how they work](CHECKS.md).",
        "Thresholds are given as cautious / default / aggressive, or as one value where they are equal.",
        "",
    ]
    for area in areas:
        lines += [
            f"## {area}",
            "",
            "| check | rule | saving | thresholds | risk | source |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_row(check) for check in checks if check.facts.area == area]
        lines.append("")
    return "\n".join(lines)


def _row(check: Check) -> str:
    facts = check.facts
    kind = "" if facts.kind == "saving" else f" ({facts.kind})"
    cells = (
        f"`{check.id}`<br>{check.title}{kind}",
        facts.rule,
        facts.saving,
        "<br>".join(_thresholds(check)),
        facts.risk,
        facts.source,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _thresholds(check: Check) -> Iterator[str]:
    for one in check.header.parameters:
        values = [check.preset(name)[one.name] for name in PRESETS]
        text = values[0] if len(set(values)) == 1 else " / ".join(values)
        yield f"`{one.name}` {text} {one.unit}".rstrip()


if __name__ == "__main__":
    sys.stdout.write(catalogue())
