"""Seats: how many resources of a kind each account runs, each with a stable key, an app, a team and a birthday."""

from __future__ import annotations

__all__ = ["APPS", "seats", "tags"]

APPS = ("api", "web", "worker", "batch", "events", "admin")
_LIST = "[" + ", ".join(f"'{app}'" for app in APPS) + "]"


def seats(kind: str, per_account: float, *, where: str = "TRUE", size: str = "size", least: int = 0) -> str:
    """SELECT of account x seat with ``key``, ``i``, ``app``, ``team``, ``place`` (region) and ``born_on``.

    Args:
        kind: name of the resource kind; part of the key.
        per_account: seats of a production account of ordinary size.
        where: which accounts have any.
        size: expression that multiplies ``per_account``.
        least: fewest seats of an account that has any.
    """
    return f"""(
        SELECT *, unit || '-' || app AS project,
               if(app IN ('batch', 'events'), unit || '-data', unit || '-core') AS team,
               if(chance('second/' || key) < 0.12, second, region) AS place,
               born(key, opened_on) AS born_on
        FROM (SELECT *, '{kind}/' || account_no || '/' || i AS key, {_LIST}[1 + i % {len(APPS)}] AS app
              FROM (SELECT *, unnest(range(greatest({least}, floor({per_account} * {size}
                               + chance('seats/{kind}/' || account_no)))::BIGINT)) AS i
                    FROM accounts WHERE {where})))"""


def tags(key: str = "key") -> str:
    """SQL of the tags in force, with gaps and odd spellings: JSON text over :func:`seats`; null: none."""
    return f"""
        CASE WHEN chance('untagged/' || {key}) < 0.05 THEN NULL ELSE
        '{{' || concat_ws(',',
            CASE WHEN chance('env/' || {key}) < 0.93 THEN
                '"env":"' || CASE WHEN chance('envs/' || {key}) > 0.1 THEN env
                                  WHEN env = 'prod' THEN pick(['production', 'Prod', 'prd'], 'envw/' || {key})
                                  WHEN env = 'dev' THEN pick(['development', 'DEV'], 'envw/' || {key})
                                  ELSE pick(['stage', 'stg', 'Staging'], 'envw/' || {key}) END || '"' END,
            CASE WHEN chance('team/' || {key}) < 0.92 THEN
                '"team":"' || CASE WHEN chance('teams/' || {key}) > 0.08 THEN team
                                   ELSE pick([upper(team[1]) || team[2:], replace(team, '-', '_'),
                                              replace(team, '-core', '')], 'teamw/' || {key}) END || '"' END,
            CASE WHEN chance('project/' || {key}) < 0.88 THEN '"project":"' || project || '"' END,
            CASE WHEN chance('center/' || {key}) < 0.6 THEN
                '"' || if(chance('centers/' || {key}) < 0.1, 'CostCenter', 'cost_center') || '":"' || cost_center
                || '"' END,
            CASE WHEN chance('owner/' || {key}) < 0.3 THEN '"owner":"' || team || '@example.com"' END) || '}}' END"""
