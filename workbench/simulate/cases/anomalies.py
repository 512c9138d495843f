"""Cost anomalies of six kinds, on known days, in known accounts, with a known effect on the bill.

Each is a row of ``anomaly_plan`` and rows of ``usage_adjustments`` for the resources it is made of. They begin on fixed
days, one every few days in a small company and several at a time in a large one, so that a longer simulation repeats
the past. All end by themselves; what each cost is worked out from the bill (``truth``).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from workbench.simulate.prices import sku_of

__all__ = ["KINDS", "Kind", "plan_anomalies"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of anomaly in accounts of ``env``: the resources of a table, the skus, how many days, and the change.

    ``factor`` multiplies the use and ``added`` adds to it: SQL expressions over ``n``, the day of the anomaly from 0.
    ``on`` is a condition on ``day``. ``daily``: the change is another one each day. ``first_only``: one resource of
    the account, not all. ``sku``: SQL of the sku over the columns of the table, when it depends on the resource.
    """

    name: str
    table: str
    service: str
    env: str
    days: int
    why: str
    skus: tuple[str, ...] = ()
    sku: str = ""
    factor: str = "1"
    added: str = "0"
    on: str = "TRUE"
    where: str = "TRUE"
    daily: bool = False
    first_only: bool = False


_FUNCTION_SKUS = ("AWSLambda/Lambda-GB-Second", "AWSLambda/Request")
KINDS: tuple[Kind, ...] = (
    Kind(
        "spike", "log_groups", "AmazonCloudWatch", "prod", 2, "Debug logging was left on for two days",
        skus=("AmazonCloudWatch/DataProcessing-Bytes",), factor="14",
    ),
    Kind(
        "level_shift", "nat_gateways", "AmazonVPC", "prod", 45, "Traffic to storage went through the gateways",
        skus=("AmazonVPC/NatGateway-Bytes",), factor="3.5",
    ),
    Kind(
        "creep", "lambda_functions", "AWSLambda", "prod", 25, "A retry that never gives up adds calls every day",
        skus=_FUNCTION_SKUS, factor="1 + 0.12 * (n + 1)", daily=True,
    ),
    Kind(
        "new_service", "lambda_functions", "AmazonBedrock", "prod", 60, "A team began to use a language model",
        skus=("AmazonBedrock/OutputTokenCount", "AmazonBedrock/InputTokenCount"), added="9000", first_only=True,
    ),
    Kind(
        "drop", "lambda_functions", "AWSLambda", "prod", 12, "Events were not delivered: the functions stood still",
        skus=_FUNCTION_SKUS, factor="0",
    ),
    Kind(
        "weekend", "instances", "AmazonEC2", "dev", 28, "The schedule failed: machines ran through four weekends",
        sku=sku_of["instances"], added="24", on="isodow(day) > 5", daily=True,
        where="json_extract_string(r.provider_attributes, '$.schedule') = 'weekdays'",
    ),
)  # fmt: skip
"""In the order in which they happen."""

_FIRST, _EVERY = 34, 13
_ACCOUNTS_AT_A_TIME = 40  # one more anomaly at a time for each so many accounts


def plan_anomalies(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``anomaly_plan`` and add to ``usage_adjustments``; needs ``accounts`` and ``resource_plan``.

    ``anomaly_plan``: ``anomaly_id``, ``kind``, ``account_id``, ``service_code``, ``first_day``, ``last_day``
    (inclusive), ``why``. The resources are those of the account that last; ``anomaly_uses`` lists them with their sku.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE anomaly_plan (
            anomaly_id VARCHAR, kind VARCHAR, account_id VARCHAR, service_code VARCHAR, first_day DATE, last_day DATE,
            why VARCHAR);
        CREATE OR REPLACE TEMP TABLE anomaly_uses (anomaly_id VARCHAR, resource_id VARCHAR, sku VARCHAR)
        """
    )
    for place, kind in enumerate(KINDS):
        _plan(connection, kind, place)


def _plan(connection: duckdb.DuckDBPyConnection, kind: Kind, place: int) -> None:
    sku = kind.sku or f"unnest([{', '.join(repr(name) for name in kind.skus)}])"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE lasting_uses AS
        SELECT p.account_id, r.id, p.resource_id, {sku} AS sku
        FROM {kind.table} r JOIN resource_plan p ON p.id = r.id AND p.resource_type = '{kind.table}'
        WHERE p.created_on <= first_day() AND p.deleted_on IS NULL AND ({kind.where})
          AND r.id NOT IN (SELECT id FROM picks WHERE pick LIKE 'drift/%' AND resource_type = '{kind.table}');
        CREATE OR REPLACE TEMP TABLE happening AS
        WITH rounds AS (
            SELECT unnest(range(0, 1 + (last_day() - first_day()) // {_EVERY * len(KINDS)})) AS round),
        large AS (
            SELECT account_id, quantile_cont(uses, 0.5) OVER () AS middle, uses
            FROM accounts JOIN (SELECT account_id, count(*) AS uses FROM lasting_uses GROUP BY account_id)
              USING (account_id)
            WHERE env = '{kind.env}' AND opened_on <= first_day()),
        ranked AS (
            SELECT round, account_id, row_number() OVER (
                PARTITION BY round ORDER BY chance('anomaly/{kind.name}/' || round || account_id), account_id) AS lane
            FROM rounds, large WHERE uses >= middle)
        SELECT '{kind.name}-' || (round + 1) || '-' || lane AS anomaly_id, account_id,
               first_day()
               + ({_FIRST} + {_EVERY} * ({len(KINDS)} * round + {place}) + 2 * (lane - 1))::INTEGER AS begins
        FROM ranked WHERE lane <= 1 + (SELECT count(*) FROM accounts) // {_ACCOUNTS_AT_A_TIME};
        DELETE FROM happening WHERE begins > last_day();
        """
    )
    connection.execute(
        """
        INSERT INTO anomaly_plan
        SELECT anomaly_id, ?, account_id, ?, begins, least(begins + ? - 1, last_day()), ? FROM happening
        ORDER BY begins, anomaly_id
        """,
        [kind.name, kind.service, kind.days, kind.why],
    )
    one = "QUALIFY row_number() OVER (PARTITION BY anomaly_id, sku ORDER BY id) = 1" if kind.first_only else ""
    connection.execute(
        f"""
        INSERT INTO anomaly_uses
        SELECT anomaly_id, resource_id, sku FROM happening JOIN lasting_uses USING (account_id) {one}
        ORDER BY anomaly_id, resource_id, sku
        """
    )
    length = "1" if kind.daily else str(kind.days)
    connection.execute(
        f"""
        INSERT INTO usage_adjustments
        WITH parts AS (
            SELECT anomaly_id, n, begins + n::INTEGER AS day
            FROM happening, range({kind.days if kind.daily else 1}) t(n))
        SELECT u.resource_id, u.sku, p.day, (p.day + {length} - 1)::DATE, {kind.factor}, {kind.added}
        FROM parts p JOIN anomaly_uses u USING (anomaly_id) WHERE {kind.on} ORDER BY ALL
        """
    )
