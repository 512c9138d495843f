"""The error tree: documented, complete, and readable."""

import inspect
import re

import workbench.errors as errors
from workbench.errors import BadFile, InputError, SnapshotMissing, WorkbenchError


def classes():
    return {name: cls for name, cls in vars(errors).items() if inspect.isclass(cls) and issubclass(cls, WorkbenchError)}


def test_every_error_is_public_and_drawn_in_the_tree():
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__)) | {"WorkbenchError"}
    assert set(classes()) == set(errors.__all__) == drawn


def test_codes_are_unique_so_that_logs_can_be_searched():
    codes = [cls.code for cls in classes().values()]
    assert len(codes) == len(set(codes))


def test_text_joins_what_why_and_what_to_do_without_double_stops():
    error = BadFile("bill.csv is empty.", detail="0 bytes", hint="Download it again")
    assert str(error) == "bill.csv is empty. 0 bytes. Download it again"


def test_wrong_usage_exits_with_2_and_failures_with_1():
    assert InputError("x").exit_code == 2
    assert SnapshotMissing("x").exit_code == 1
    assert BadFile("x").exit_code == 1
