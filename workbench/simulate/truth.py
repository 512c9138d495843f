"""The answers of a simulated estate: findings, anomalies, sizes and budgets, kept apart from what the product reads."""

from __future__ import annotations

from pathlib import Path

import duckdb

from workbench.schema.inventory import inventory_table
from workbench.schema.model import literal, quote
from workbench.simulate.expected import EXPECTED, Expected
from workbench.simulate.ground import RESOURCE_ID

__all__ = ["TRUTH_TABLES", "build_findings", "build_sizes", "write_truth"]

TRUTH_TABLES = ("findings", "anomalies", "sizes", "budgets")
"""Files of the truth folder, without ``.parquet``."""


_SIZES = ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge")
_SIZED = (("instances", "instance_id", "instance_type"), ("rds_instances", "db_instance_id", "instance_class"))


def build_sizes(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``truth_sizes``: machine and database picked for its size → the best type of the same family.

    ``price_share`` is the price of the best type as a share of the present one: within a family it is proportional to
    the size. A machine that is too small has no best type, because its demand is cut off. A running machine that is
    not listed has the right size.
    """
    ladder = ", ".join(literal(size) for size in _SIZES)
    rows = " UNION ALL ".join(
        f"""
        SELECT r.id, '{table}' AS resource_type, r.{resource_id} AS resource_id, r.account_id,
               r.{size} AS current_type, regexp_extract(r.{size}, '^(.*)\\.', 1) AS family,
               list_position([{ladder}], regexp_extract(r.{size}, '([^.]*)$', 1)) AS place, p.size, p.why
        FROM {table} r JOIN picks p ON p.resource_type = '{table}' AND p.id = r.id WHERE p.size <> ''
        """
        for table, resource_id, size in _SIZED
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE truth_sizes AS
        SELECT id, resource_type, resource_id, account_id, regexp_replace(size, '_.*', '') AS finding, current_type,
               CASE size WHEN 'right' THEN current_type
                         WHEN 'fixed' THEN 'm5.' || ([{ladder}])[place]
                         WHEN 'over_1' THEN family || '.' || ([{ladder}])[place - 1]
                         WHEN 'over_2' THEN family || '.' || ([{ladder}])[place - 2] END AS best_type,
               CASE size WHEN 'right' THEN 1.0 WHEN 'over_1' THEN 0.5 WHEN 'over_2' THEN 0.25 END AS price_share, why
        FROM ({rows}) ORDER BY resource_type, id
        """
    )


def build_findings(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``truth_findings`` from the finished inventory and the picks.

    Grain: check x resource that the check's condition matches, or that was picked as a control. ``role`` is what the
    resource was made for: positive, near_miss, unknown, excluded, trap, overlap (a match that comes with another case)
    or population (the whole company does it). ``matches``: the condition of the requirement holds. ``expected``: the
    check must report it; a match is not expected when the owner excluded it or when ``why`` says what the condition
    cannot see.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE cold_buckets AS
        SELECT bucket_id, avg(storage_gb_standard::DECIMAL(18, 4)) AS gb, sum(requests_count) AS requests FROM s3_bucket_usage_daily
        WHERE date > (SELECT max(date) FROM s3_bucket_usage_daily) - 30
        GROUP BY bucket_id HAVING gb >= 100 AND requests < 10 * gb;
        CREATE OR REPLACE TEMP TABLE truth_findings (
            check_id VARCHAR, resource_type VARCHAR, id VARCHAR, resource_id VARCHAR, account_id VARCHAR, role VARCHAR,
            matches BOOLEAN, expected BOOLEAN, saving_month DECIMAL(18, 6), currency VARCHAR, why VARCHAR);
        """
    )
    for check in EXPECTED:
        connection.execute(_grouped(check) if check.matches.startswith("SELECT") else _of_rows(check))


def _grouped(check: Expected) -> str:
    return f"""
        INSERT INTO truth_findings
        SELECT {literal(check.check)}, {literal(check.table)}, g.id, g.id, g.account_id, 'population', TRUE,
               coalesce(a.freeze_optimizations_until <= as_of(), TRUE), g.saving, 'USD', NULL
        FROM ({check.matches}) g LEFT JOIN cloud_accounts a ON a.id = g.account_id
        ORDER BY g.id
    """


def _of_rows(check: Expected) -> str:
    names = inventory_table(check.table).names
    account = (
        "r.account_id"
        if "account_id" in names
        else "(SELECT c.account_id FROM container_clusters c WHERE c.id = r.cluster_id)"
    )
    exclusions = ["a.freeze_optimizations_until > as_of()"]
    if "optimization_policy" in names:
        exclusions.append("r.optimization_policy = 'ignore'")
    if "optimization_freeze_until" in names:
        exclusions.append("r.optimization_freeze_until > as_of()")
    excluded = " OR ".join(f"coalesce({condition}, FALSE)" for condition in exclusions)
    own = literal(check.check)
    role = "population" if check.population else "overlap"
    return f"""
        INSERT INTO truth_findings
        WITH rows AS (
            SELECT r.*, {account} AS owner, coalesce({check.matches}, FALSE) AS matched,
                   coalesce({check.unless}, FALSE) AS spared, {check.saving} AS saving
            FROM {quote(check.table)} r)
        SELECT {own}, {literal(check.table)}, r.id, r.{quote(RESOURCE_ID[check.table])}, r.owner,
               CASE WHEN r.matched AND ({excluded}) THEN 'excluded'
                    WHEN p.check_id = {own} THEN p.role
                    WHEN p.id IS NOT NULL THEN 'positive'
                    ELSE '{role}' END,
               r.matched, r.matched AND NOT r.spared AND NOT ({excluded}),
               CASE WHEN r.matched THEN r.saving END, 'USD',
               CASE WHEN r.matched AND coalesce(a.freeze_optimizations_until > as_of(), FALSE)
                    THEN 'The account is frozen' WHEN r.matched AND r.spared THEN {literal(check.because)}
                    ELSE p.why END
        FROM rows r
        LEFT JOIN picks p ON p.resource_type = {literal(check.table)} AND p.id = r.id
                         AND (p.check_id = {own} OR list_contains(p.also, {own}))
                         AND p.role NOT IN ('scheduled', 'changed')
        LEFT JOIN cloud_accounts a ON a.id = r.owner
        WHERE r.matched OR p.check_id = {own}
        ORDER BY r.id
    """


def write_truth(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the four truth tables as Parquet into ``folder``, which is made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TRUTH_TABLES:
        target = str(folder / f"{name}.parquet")
        connection.execute(f"COPY truth_{name} TO {literal(target)} (FORMAT parquet, COMPRESSION zstd)")
