"""Inventory rows as resources of the models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from models.rightsizing.facts import Machine, Resource
from workbench.rightsizing.hours import Billed
from workbench.rightsizing.sizes import Terms

__all__ = ["aware", "cache_resource", "database_resource", "machine_resource", "terms_of"]

_PRODUCTION = frozenset({"prod", "production", "prd", "live"})
_STANDBY_KEYS = frozenset({"dr", "standby", "disaster-recovery", "disaster_recovery"})
_STANDBY_ROLES = frozenset({"role", "purpose", "tier", "usage"})
_TRUE = frozenset({"true", "yes", "1", "on", "enabled"})
_RUNS = {"available": "running", None: "running", "": "running"}
_ENGINE_LICENCES = {"bring-your-own-license": "byol", "byol": "byol"}


def aware(moment: datetime | None) -> datetime | None:
    """A UTC time with its zone."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def terms_of(kind: str, row: Mapping[str, Any], billed: Billed | None) -> Terms:
    """On what terms a resource is bought: inventory first, then the bill, then the usual."""
    provider, region = row["provider"], row["region"] or (billed.region if billed else None) or ""
    if kind == "rds_instances":
        return Terms(
            provider, region, row["engine"] or "", "database", "included",
            deployment="multi-az" if _true(row["multi_az"]) else "single-az",
        )  # fmt: skip
    if kind == "cache_clusters":
        return Terms(provider, region, row["engine"] or "", "cache")
    told = billed.system if billed is not None else None
    named = row["operating_system"] or row["platform"]
    system, licence = told or ("linux", "included")
    if named and not (told and told[0] == str(named).lower()):
        system, licence = str(named).lower(), "included"
    return Terms(provider, region, system, "compute", row["licence_model"] or licence, row["tenancy"] or "shared")


def machine_resource(row: Mapping[str, Any], machine: Machine | None, changed: datetime | None) -> Resource:
    """A machine."""
    tags = _tags(row["tags"])
    owner = (row["managed_by"] or "").lower()
    if not owner and row["node_of"]:
        owner = row["node_of"].lower() if row["node_of"].lower() in ("eks", "ecs") else "eks"
    if not owner and row["kubernetes_cluster"]:
        owner = "eks"
    if not owner and row["ecs_cluster"]:
        owner = "ecs"
    placement = row["placement"] or ("capacity_reservation" if row["capacity_reservation_id"] else "")
    family = (row["instance_type"] or "").partition(".")[0]
    return Resource(
        resource_id=row["resource_id"],
        instance_type=row["instance_type"] or "",
        machine=machine,
        name=row["name"] or "",
        account=row["account_id"] or "",
        zone=row["availability_zone"],
        state=row["state"] or "running",
        lifecycle="spot" if row["lifecycle"] == "spot" else "on_demand",
        launched=aware(row["launch_time"]),
        changed=aware(changed),
        managed_by=owner or ("asg" if row["group_id"] else ""),
        group_id=row["group_id"],
        placement=placement,
        unlimited=row["credit_mode"] != "standard" if row["credit_mode"] else family != "t2",
        local_disk_used_gb=_number(row["local_disk_used_gb"]),
        volumes=max(1, row["volumes"] or 0),
        virtualization=row["virtualization"],
        accelerated_networking=_true(row["accelerated_networking"]),
        workload=row["workload"],
        x86_only=_true(tags.get("x86-only") or tags.get("x86_only")),
        production=(row["env"] or tags.get("env") or "").lower() in _PRODUCTION,
        standby=_standby(tags),
    )


def database_resource(row: Mapping[str, Any], machine: Machine | None, changed: datetime | None) -> Resource:
    """A database."""
    return Resource(
        resource_id=row["resource_id"],
        instance_type=row["instance_type"] or "",
        machine=machine,
        name=row["name"] or "",
        account=row["account_id"] or "",
        state=_RUNS.get(row["state"], row["state"]),
        changed=aware(changed),
        # Databases of T3 and T4g always run in mode unlimited:
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html, 2026-11.
        unlimited=not (row["instance_type"] or "").startswith("db.t2."),
        production=(row["env"] or "").lower() in _PRODUCTION,
    )


def cache_resource(row: Mapping[str, Any], machine: Machine | None, changed: datetime | None) -> Resource:
    """A cache."""
    return Resource(
        resource_id=row["resource_id"],
        instance_type=row["instance_type"] or "",
        machine=machine,
        name=row["name"] or "",
        account=row["account_id"] or "",
        changed=aware(changed),
        production=(row["env"] or "").lower() in _PRODUCTION,
    )


def _tags(text: str | None) -> dict[str, str]:
    try:
        tags = json.loads(text) if text else {}
    except ValueError:
        return {}
    return {str(key).lower(): str(value) for key, value in tags.items()} if isinstance(tags, dict) else {}


def _standby(tags: Mapping[str, str]) -> bool:
    named = any(tags.get(key, "").lower() in _TRUE for key in _STANDBY_KEYS)
    return named or any(tags.get(key, "").lower() in _STANDBY_KEYS for key in _STANDBY_ROLES)


def _true(value: object) -> bool:
    return str(value or "").lower() in _TRUE


def _number(value: object) -> float | None:
    try:
        return None if value is None else float(str(value))
    except ValueError:
        return None
