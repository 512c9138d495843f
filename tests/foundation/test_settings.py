"""Settings come from the environment, then the file, then the defaults; a bad one names itself."""

import pytest

from workbench.errors import BadSetting
from workbench.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"WORKBENCH_{name.upper()}", raising=False)
    monkeypatch.setenv("WORKBENCH_CONFIG", str(tmp_path / "workbench.toml"))
    return tmp_path


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(clean, monkeypatch):
    (clean / "workbench.toml").write_text('threads = 3\nbasis = "billed"\n')
    monkeypatch.setenv("WORKBENCH_THREADS", "4")
    settings = load_settings()
    assert (settings.threads, settings.basis, settings.memory_limit) == (4, "billed", "3GB")


def test_promoted_tags_are_a_comma_list_in_the_environment(monkeypatch):
    monkeypatch.setenv("WORKBENCH_PROMOTED_TAGS", "team, cost center ,,env")
    assert load_settings().promoted_tags == ("team", "cost center", "env")


def test_home_moves_everything_and_is_absolute(clean, monkeypatch):
    monkeypatch.chdir(clean)
    monkeypatch.setenv("WORKBENCH_HOME", "here")
    settings = load_settings()
    assert settings.snapshots_dir == clean / "here" / "snapshots"
    assert settings.logs_dir == clean / "here" / "logs"


@pytest.mark.parametrize(
    ("name", "value"),
    [("WORKBENCH_THREADS", "0"), ("WORKBENCH_MEMORY_LIMIT", "plenty"), ("WORKBENCH_BASIS", "amortised")],
)
def test_an_unusable_value_names_its_setting(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=name):
        load_settings()


def test_a_broken_file_is_a_clear_error(clean):
    (clean / "workbench.toml").write_text("threads = [")
    with pytest.raises(BadSetting, match="not valid TOML"):
        load_settings()


def test_every_setting_says_what_it_is_for():
    assert all(field.description for field in Settings.model_fields.values())
