"""Display names: what the bill calls an id, and what is said where a charge has no value."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.costs.dimensions import dimension
from workbench.engines import Engine, Query

__all__ = ["OTHER", "labels_of", "no_value"]

OTHER = "Other"


def no_value(key: str) -> str:
    """What charges without a value of the dimension are called: ``No account``, ``No team``."""
    item = dimension(key)
    return f"No {item.tag}" if item.tag is not None else f"No {item.label[0].lower()}{item.label[1:]}"


def labels_of(engine: Engine, key: str, values: Iterable[str | None]) -> dict[str | None, str]:
    """Value → display name: the newest on the bill, else the value itself."""
    wanted = sorted({value for value in values if value is not None})
    labels: dict[str | None, str] = {None: no_value(key), **{value: value for value in wanted}}
    source = dimension(key).labelled
    if source is None or not wanted:
        return labels
    params = {f"v{index}": value for index, value in enumerate(wanted)}
    query = Query(
        f"Display names of {key}",
        "SELECT value, label FROM dimension_labels WHERE dimension = $dimension"
        f" AND value IN ({', '.join('$' + name for name in params)})",
        (("dimension", source), *params.items()),
    )
    labels.update((row["value"], row["label"]) for row in engine.run(query).to_pylist())
    return labels
