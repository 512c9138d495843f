"""How a cut table says what it shows."""

import pytest

from workbench.ui.table import cut_note


@pytest.mark.parametrize(
    ("shown", "groups", "coverage", "words"),
    [
        (50, 1284, 96.2, "50 of 1,284 groups, 96.2% of cost"),
        (50, 1284, None, "50 of 1,284 groups"),
        (13, 13, 100.0, "13 groups"),
        (1, 1, 100.0, "1 group"),
    ],
)
def test_a_table_says_how_much_of_the_cost_it_shows(
    shown: int, groups: int, coverage: float | None, words: str
) -> None:
    assert cut_note(shown, groups, coverage) == words
