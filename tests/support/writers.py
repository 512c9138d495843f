"""One person who decides as fast as possible, in a process of its own: ``python -m tests.support.writers``.

Arguments: home folder, PostgreSQL address or nothing, name, number of decisions. A conflict is counted, the present
version read, and another decision taken, as a person would who was told. Prints ``done N`` after each decision that was
accepted, and at the end one JSON object.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import date
from pathlib import Path

from pydantic import SecretStr

from workbench.errors import Conflict
from workbench.settings import Settings
from workbench.workspace import Choice, Decision, Edit, Step, Workspace, possible

SOON = date(2099, 1, 1)


def main(home: str, address: str, name: str, times: int) -> None:
    """Decide ``times`` times."""
    workspace = Workspace(Settings(home=Path(home), workspace_url=SecretStr(address)), user=name)
    desk, chance = workspace.recommendations, random.Random(name)
    seen = {row.id: row for row in desk.list(limit=100).rows}
    done = conflicts = 0
    while done < times:
        row = seen[chance.choice(list(seen))]
        choice = [Choice(row.id, row.version)]
        try:
            if chance.random() < 0.2:
                (after,) = desk.edit(choice, Edit(priority=chance.randint(1, 3)))
            else:
                step = chance.choice([one for one in possible(row.state) if one is not Step.DUPLICATE])
                (after,) = desk.decide(choice, Decision(step, f"{name} {done}", SOON))
        except Conflict as exc:
            if "was changed by writer-" not in exc.title:
                raise
            conflicts += 1
            after = desk.get(row.id)
        else:
            done += 1
            print(f"done {done}", flush=True)
        seen[row.id] = after
    print(json.dumps({"done": done, "conflicts": conflicts}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
