"""Every stored check on the hand-made rows beside it."""

from __future__ import annotations

import pytest

from workbench.checks.registry import CHECKS, find_check, load_checks
from workbench.checks.trial import Case, read_cases, try_case

CASES = [
    (path.stem, case)
    for path in sorted(CHECKS.glob("*.toml"))
    for case in read_cases(path.read_text(encoding="utf-8"), source=path.name)
]


@pytest.mark.parametrize(("check_id", "case"), CASES, ids=[f"{check}-{case.name}" for check, case in CASES])
def test_a_check_says_of_hand_made_rows_what_it_must(check_id: str, case: Case) -> None:
    assert try_case(find_check(check_id, load_checks()), case).problems == ()


@pytest.mark.parametrize("check_id", [check.id for check in load_checks()])
def test_every_check_has_four_cases_of_which_it_flags_one_and_leaves_one_alone(check_id: str) -> None:
    cases = [case for name, case in CASES if name == check_id]
    verdicts = {verdict for case in cases for verdict in case.expect.values()}
    assert len(cases) >= 4
    assert "flagged" in verdicts
    assert "passed" in verdicts or any(case.expect == {} and not case.cannot_run for case in cases)
    assert any(case.cannot_run or "cannot tell" in case.expect.values() for case in cases)
