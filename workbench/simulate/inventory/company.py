"""The company: accounts of business units by environment, the apps in them, who answers for what.

Work tables: ``accounts`` (one account, with its number, unit, environment, regions and size) and the macros the other
modules of this package use.
"""

from __future__ import annotations

import duckdb

from workbench.simulate.plan import SimulationPlan

__all__ = ["COMPANY", "PAYER", "create_accounts", "create_macros"]

COMPANY = "Example Group"
PAYER = 0
"""``account_no`` of the account that pays and runs what all share."""

_UNITS = (
    "checkout", "catalog", "search", "payments", "logistics", "marketing", "mobile", "pricing",
    "identity", "partners", "ml", "analytics", "stores", "content", "loyalty", "risk",
)  # fmt: skip
_REGIONS = ("us-east-1", "us-east-1", "us-east-1", "eu-west-1", "eu-west-1", "us-west-2", "eu-central-1")
_SECOND = ("us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "us-east-1")
# How much an account of an environment runs, against production.
_SIZES = {"prod": 1.0, "staging": 0.40, "dev": 0.45, "sandbox": 0.15}


def _list(words: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{word}'" for word in words) + "]"


def create_macros(connection: duckdb.DuckDBPyConnection, plan: SimulationPlan) -> None:
    """Create ``uid(key)``, ``digits(key, n)``, ``pick(options, key)``, ``born(key, since)``; needs ``ground.begin``.

    ``born``: most resources are older than the first day, the others appear over the following 400 days, whatever the
    number of days simulated.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP MACRO digest(key) AS md5(concat('{plan.seed}/', key));
        CREATE OR REPLACE TEMP MACRO uid(key) AS digest(key)::UUID::VARCHAR;
        CREATE OR REPLACE TEMP MACRO digits(key, n) AS substr(digest('id/' || key), 1, n);
        CREATE OR REPLACE TEMP MACRO pick(options, key) AS options[1 + floor(chance(key) * len(options))::INT];
        CREATE OR REPLACE TEMP MACRO born(key, since) AS greatest(since,
            CASE WHEN chance('born/' || key) < 0.86 THEN first_day() - 1 - floor(chance('age/' || key) * 800)::INT
                 ELSE first_day() + floor(chance('age/' || key) * 400)::INT END);
        """
    )


def create_accounts(connection: duckdb.DuckDBPyConnection, plan: SimulationPlan) -> None:
    """Create ``accounts`` and fill ``cloud_accounts``.

    The first account pays and runs what all share; every four that follow are production, staging, dev and sandbox of
    a business unit. One account in seventeen is opened while the simulation runs.
    """
    sizes = " ".join(f"WHEN '{env}' THEN {size}" for env, size in _SIZES.items())
    connection.execute(
        f"""
        CREATE TEMP TABLE accounts AS
        WITH numbered AS (
            SELECT i AS account_no, greatest(i - 1, 0) // 4 AS unit_no,
                   if(i = {PAYER}, 'prod', ['prod', 'dev', 'staging', 'sandbox'][1 + (i - 1) % 4]) AS account_env,
                   'account/' || i AS key
            FROM range({plan.accounts}) t(i)),
        named AS (
            SELECT *, if(account_no = {PAYER}, 'platform',
                         {_list(_UNITS)}[1 + unit_no % {len(_UNITS)}]
                         || if(unit_no >= {len(_UNITS)}, '-' || (unit_no // {len(_UNITS)} + 1), '')) AS unit
            FROM numbered)
        SELECT account_no, uid(key) AS account_id,
               lpad((100000000000 + floor(chance('number/' || key) * 899999999999))::BIGINT::VARCHAR, 12, '0')
                   AS account_number,
               unit || '-' || if(account_no = {PAYER}, 'shared', account_env) AS account_name, unit, account_env,
               if(account_env = 'sandbox', 'dev', account_env) AS env,
               'CC-' || (1000 + 10 * if(account_no = {PAYER}, 0, unit_no + 1)) AS cost_center,
               pick({_list(_REGIONS)}, 'region/' || unit) AS region, pick({_list(_SECOND)}, 'second/' || unit)
                   AS second,
               CASE account_env {sizes} END
               * if(account_no = {PAYER}, 1.2, 0.5 + 4 * pow(chance('size/' || unit), 3)) * {plan.scale} AS size,
               if(account_no > 8 AND account_no % 17 = 16,
                  first_day() + 20 + floor(chance('opened/' || key) * 200)::INT,
                  first_day() - 400 - floor(chance('opened/' || key) * 1200)::INT) AS opened_on
        FROM named ORDER BY account_no
        """
    )
    connection.execute(
        """
        INSERT INTO cloud_accounts BY NAME
        SELECT account_id AS id, account_name AS name, opened_on + INTERVAL 9 HOUR AS created_at, account_number,
               unit || '-owners@example.com' AS owner_email, 'AWS' AS provider,
               concat('{"environment":"', account_env, '","business_unit":"', unit, '","cost_center":"', cost_center,
                      '"}') AS provider_attributes
        FROM accounts WHERE opened_on <= last_day() ORDER BY account_no
        """
    )
