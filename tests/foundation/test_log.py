"""Logs are JSON lines in the home folder and never stop the program."""

import json
import logging

from workbench.log import configure_logging, get_logger, reference_id
from workbench.settings import Settings


def close_handlers():
    for handler in logging.getLogger("workbench").handlers:
        handler.close()
    logging.getLogger("workbench").handlers.clear()


def test_a_line_is_one_json_object_with_time_level_and_fields(tmp_path):
    configure_logging(Settings(home=tmp_path), console=False)
    get_logger("workbench.test").info("loaded", rows=3)
    line = json.loads((tmp_path / "logs" / "workbench.log").read_text().splitlines()[-1])
    close_handlers()
    assert line["event"] == "loaded"
    assert line["rows"] == 3
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_a_traceback_goes_to_the_log(tmp_path):
    configure_logging(Settings(home=tmp_path), console=False)
    try:
        raise ValueError("inner detail")
    except ValueError:
        get_logger("workbench.test").exception("failed", reference=reference_id())
    text = (tmp_path / "logs" / "workbench.log").read_text()
    close_handlers()
    assert "inner detail" in text
    assert "Traceback" in text


def test_an_unwritable_log_folder_does_not_stop_the_program(tmp_path):
    (tmp_path / "logs").write_text("a file where the folder should be")
    configure_logging(Settings(home=tmp_path), console=False)
    get_logger("workbench.test").info("still running")
    close_handlers()
