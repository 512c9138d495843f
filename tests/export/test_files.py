"""A file is written whole or not at all, and never over another one by accident."""

from pathlib import Path

import pytest

from workbench.errors import InputError, StorageError
from workbench.export import write_file


def test_a_new_file_has_the_content_and_ordinary_rights(tmp_path: Path) -> None:
    target, ordinary = tmp_path / "cost.csv", tmp_path / "ordinary"
    write_file(target, b"a,b\n")
    ordinary.touch()
    assert target.read_bytes() == b"a,b\n"
    assert target.stat().st_mode == ordinary.stat().st_mode


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path) -> None:
    target = tmp_path / "cost.csv"
    target.write_bytes(b"mine")
    with pytest.raises(InputError, match="is there already") as caught:
        write_file(target, b"new")
    assert "--force" in caught.value.hint
    assert target.read_bytes() == b"mine"
    write_file(target, b"new", force=True)
    assert target.read_bytes() == b"new"


def test_nothing_is_left_behind_when_it_fails(tmp_path: Path) -> None:
    target = tmp_path / "cost.csv"
    target.write_bytes(b"mine")
    with pytest.raises(InputError):
        write_file(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["cost.csv"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        write_file(tmp_path / "nowhere" / "cost.csv", b"")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        write_file(tmp_path, b"", force=True)
