"""Canonical SQL in, PostgreSQL out; executed on the real engine by the parity suite."""

import pytest

from workbench.engines import to_postgres
from workbench.errors import QueryFailed


@pytest.mark.parametrize(
    ("canonical", "postgres"),
    [
        ("SELECT a FROM t WHERE b = $wanted", "SELECT a FROM t WHERE b = %(wanted)s"),
        ("SELECT a FROM t WHERE b LIKE 'x%' AND c % 2 = 0", "SELECT a FROM t WHERE b LIKE 'x%%' AND c %% 2 = 0"),
        ("SELECT '$1 wb $x' AS a", "SELECT '$1 wb $x' AS a"),
        ("SELECT a, SUM(b) FROM t GROUP BY ALL", "SELECT a, SUM(b) FROM t GROUP BY 1"),
        ("SELECT SUM(b) FROM t GROUP BY ALL", "SELECT SUM(b) FROM t"),
        ("SELECT a FROM t ORDER BY a DESC", "SELECT a FROM t ORDER BY a DESC NULLS LAST"),
        ("SELECT a / b FROM t", "SELECT CAST(a AS DOUBLE PRECISION) / b FROM t"),
        ("SELECT any_value(a) AS a FROM t", "SELECT MIN(a) AS a FROM t"),
        (
            "SELECT max_by(a, b) AS a FROM t",
            "SELECT (ARRAY_AGG(a ORDER BY b DESC NULLS LAST)"
            " FILTER(WHERE NOT a IS NULL AND NOT b IS NULL))[1] AS a FROM t",
        ),
        (
            "SELECT json_extract_string(tags, $key) AS v FROM t",
            "SELECT JSON_EXTRACT_PATH_TEXT(tags,"
            " REPLACE(REPLACE(SUBSTRING(%(key)s FROM 2), '~1', '/'), '~0', '~')) AS v FROM t",
        ),
        (
            "SELECT CAST(date_trunc('month', d) AS DATE) AS m FROM t",
            "SELECT CAST(DATE_TRUNC('MONTH', CAST(d AS TIMESTAMP)) AS DATE) AS m FROM t",
        ),
        ("SELECT contains(a, 'b') AS c FROM t", "SELECT (POSITION('b' IN a) > 0) AS c FROM t"),
    ],
)
def test_a_construct_becomes_what_postgres_says(canonical, postgres):
    assert to_postgres(canonical) == postgres


@pytest.mark.parametrize("text", ["SELECT FROM WHERE", "SELECT 'open", ""])
def test_what_is_no_statement_is_refused(text):
    with pytest.raises(QueryFailed, match="cannot be put to PostgreSQL"):
        to_postgres(text)
