"""Settings: environment ``WORKBENCH_*`` first, then ``workbench.toml``, then the defaults written here.

The file is the one named by ``WORKBENCH_CONFIG``, else ``workbench.toml`` in the current folder. Each field's
description is shown by ``workbench doctor`` and in the README; a test fails when one is missing there.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from workbench.errors import BadSetting

__all__ = ["PROJECT_ROOT", "SettingInUse", "Settings", "config_file", "explain_settings", "load_settings"]

PROJECT_ROOT = Path(__file__).resolve().parent.parent


def config_file() -> Path:
    """Absolute path of the settings file, which need not exist."""
    return Path(os.environ.get("WORKBENCH_CONFIG", "workbench.toml")).absolute()


class Settings(BaseSettings):
    """All settings of the workbench, validated; see each field's description."""

    model_config = SettingsConfigDict(env_prefix="WORKBENCH_", extra="ignore", frozen=True)

    home: Path = Field(PROJECT_ROOT / "data" / "local", description="Folder for everything the program writes")
    basis: Literal["effective", "billed", "contracted", "list"] = Field(
        "effective", description="Cost basis shown when a link names none"
    )
    promoted_tags: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Tag keys to keep in the daily rollup; empty: the keys that carry most cost"
    )
    promoted_tag_limit: int = Field(5, ge=0, le=8, description="How many tag keys to promote by cost")
    threads: int = Field(2, ge=1, le=64, description="Threads of the query engine")
    memory_limit: str = Field(
        "3GB", pattern=r"^\d+(\.\d+)?\s?(MB|GB|TB)$", description="Memory limit of the query engine"
    )
    query_timeout_seconds: float = Field(30.0, gt=0, le=600, description="A query running longer is interrupted")
    snapshots_kept: int = Field(5, ge=1, le=100, description="Published snapshots kept by `snapshots prune`")
    stale_after_hours: float = Field(48.0, gt=0, description="Age of a snapshot after which the app shows a banner")
    table_rows: int = Field(500, ge=10, le=5000, description="Rows a table shows before it is cut")
    source: Literal["snapshot", "postgres"] = Field(
        "snapshot", description="What answers questions: `snapshot`, or `postgres` for the database of POSTGRES_URL"
    )
    postgres_url: SecretStr = Field(
        SecretStr(""), description="PostgreSQL address with the analytics tables, for `db` commands and `source`"
    )
    refresh_from: SecretStr = Field(
        SecretStr(""),
        description="What `refresh` reads: a PostgreSQL address, or folders and s3:// prefixes, by commas",
    )
    workspace_url: SecretStr = Field(
        SecretStr(""), description="PostgreSQL address of a shared workspace; empty: `workspace.db` in the home folder"
    )
    free_sql: bool = Field(True, description="Whether people may write a SELECT of their own on the page Queries")
    start_page: str = Field("overview", description="Page opened first")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level logged")
    port: int = Field(8501, ge=1, le=65535, description="Port of the app")

    @field_validator("promoted_tags", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @property
    def snapshots_dir(self) -> Path:
        """Folder of the published snapshots and ``CURRENT.json``."""
        return self.home / "snapshots"

    @property
    def refresh_sources(self) -> tuple[str, ...]:
        """The parts of ``refresh_from``."""
        return tuple(part.strip() for part in self.refresh_from.get_secret_value().split(",") if part.strip())

    @property
    def logs_dir(self) -> Path:
        """Folder of the log files."""
        return self.home / "logs"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - fixed by pydantic-settings
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - fixed by pydantic-settings
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then the TOML file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=config_file())


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        BadSetting: a value is unusable or the TOML file cannot be parsed; names the setting.
    """
    try:
        return Settings()  # type: ignore[call-arg]  # every field has a default; pydantic's plugin is not used
    except ValidationError as exc:
        first = exc.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadSetting(
            f"Setting {name} has an unusable value",
            detail=first["msg"],
            hint=f"Check WORKBENCH_{name.upper()} and {config_file()}",
        ) from exc
    except tomllib.TOMLDecodeError as exc:
        raise BadSetting(f"{config_file()} is not valid TOML", detail=str(exc)) from exc


@dataclass(frozen=True, slots=True)
class SettingInUse:
    """One setting: ``value`` as text and where it comes from."""

    name: str
    value: str
    origin: Literal["environment", "file", "default"]
    description: str


def explain_settings(settings: Settings) -> tuple[SettingInUse, ...]:
    """Every setting with its value and origin, in the order of declaration."""
    in_environment = {name.lower() for name in os.environ}
    in_file = {name.lower() for name in tomllib.loads(path.read_text())} if (path := config_file()).is_file() else set()

    def origin(name: str) -> Literal["environment", "file", "default"]:
        if f"workbench_{name}" in in_environment:
            return "environment"
        return "file" if name in in_file else "default"

    def text(value: object) -> str:
        if isinstance(value, tuple):
            return ", ".join(value)
        return "" if value is None else str(value)

    return tuple(
        SettingInUse(name, text(getattr(settings, name)), origin(name), field.description or "")
        for name, field in Settings.model_fields.items()
    )
