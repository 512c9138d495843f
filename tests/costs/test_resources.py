"""The registry of resources, on a bill and an inventory small enough to check by hand, on both engines.

The bill ends on 20 November; its last hour-by-hour day is complete, so the 30 days are 22 October to 20 November.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.support.bills import charge
from tests.support.inventory import inventory_snapshot
from workbench.costs.resource_facts import changes, metrics, relations
from workbench.costs.resources import find_resources, resource_of, resource_types
from workbench.engines import PostgresEngine, Query, connect_postgres
from workbench.postgres import init_statements, load_snapshot
from workbench.progress import Silent
from workbench.schema.resources import KINDS
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore

A, B = "111111111111", "222222222222"
HOSTILE = "<b>[x](javascript:1)</b>"


def day(month, number, cost, resource, account=A, **more):
    start = datetime(2026, month, number)
    return charge(
        cost, resource_id=resource, sub_account_id=account, sub_account_name=f"Account {account[0]}",
        charge_period_start=start, charge_period_end=start + timedelta(days=1), **more,
    )  # fmt: skip


CHARGES = [
    *(day(11, n, "2", "i-1", tags='{"team":"web"}') for n in range(1, 21)),  # 20 x 2
    *(day(10, n, "1", "i-1", tags='{"team":"old"}') for n in range(1, 32)),  # of which 22 to 31 October: 10 x 1
    day(11, 3, "4", "i-1", service_name="Amazon CloudWatch"),  # another service of the same machine
    day(11, 5, "7", "vol-1", service_name="Amazon EBS"),
    day(11, 5, "3", "fn-handler", A, service_name="AWS Lambda"),
    day(11, 5, "5", "fn-handler", B, service_name="AWS Lambda"),  # the same name in another account
    day(11, 6, "11", "db-1", billing_currency="USD"),
    day(11, 6, "13", "db-1", billing_currency="EUR"),  # two currencies: never added
    day(10, 2, "17", "old-1"),  # before the 30 days
    day(11, 7, "19", "ghost-1", resource_name=HOSTILE, resource_type="Widget", tags='{"cost_center":"c9"}'),
    day(11, 20, "1", "nolist-1", list_cost=None),
    day(11, 8, "23", None),  # no resource: not in the registry
]
TABLES = {
    "cloud_accounts": [
        {"id": "acc-a", "name": "Payments", "account_number": A},
        {"id": "acc-b", "name": "Search", "account_number": B},
    ],
    "instances": [
        {
            "id": "n1", "account_id": "acc-a", "instance_id": "i-1", "name": "web-1", "instance_type": "m5.large",
            "env": "prod", "region": "eu-west-1", "state": "running", "hourly_cost": Decimal("0.1"),
            "gpu_hourly_cost": Decimal("0.2"), "autoscaling_group_id": "g1",
            "tags": '{"team":"shop","user:app":"cart"}', "optimization_policy": "auto_safe",
        },
        {"id": "n2", "account_id": "acc-a", "instance_id": "i-idle", "name": "idle"},
        {
            "id": "y1", "account_id": "acc-y", "instance_id": "fhm-1", "name": "ru", "provider": "Yandex Cloud",
            "instance_type": "standard-v3",
            "provider_attributes": '{"cpu_cores":4,"memory_gb":"16.5","folder_id":"b1g","ip_addresses":["10.0.0.1"]}',
        },
        {
            "id": "s1", "account_id": "acc-s", "instance_id": "sel-1", "provider": "Selectel",
            "provider_attributes": '{"flavor":"standard-4-8","cpu_cores":"many","datacenter":"msk-a"}',
        },
    ],
    "autoscaling_groups": [{"id": "g1", "account_id": "acc-a", "name": "web-asg", "desired_capacity": 3}],
    "container_clusters": [
        {"id": "k1", "account_id": "acc-a", "name": "shop-eks", "desired_nodes": 2,
         "provider_attributes": '{"orchestrator":"eks"}'},
    ],
    "container_nodes": [
        {"id": "k1n", "cluster_id": "k1", "instance_id": "i-1", "state": "running", "hourly_cost": Decimal("0.1")},
    ],
    "container_services": [{"id": "k1s", "cluster_id": "k1", "name": "cart", "replica_count": 2}],
    "volumes": [
        {"id": "v1", "account_id": "acc-a", "volume_id": "vol-1", "size_gib": 100, "volume_type": "gp3",
         "attached_instance_id": "i-1", "monthly_cost": Decimal("8")},
    ],
    "snapshots": [{"id": "c1", "account_id": "acc-a", "snapshot_id": "snap-1", "source_volume_id": "vol-1"}],
    "lambda_functions": [
        {"id": "f1", "account_id": "acc-a", "name": "fn-handler"},
        {"id": "f2", "account_id": "acc-b", "name": "fn-handler"},
    ],
    "rds_instances": [
        {"id": "d1", "account_id": "acc-a", "db_instance_id": "db-1", "hourly_cost": Decimal("0.5"),
         "storage_monthly_cost": Decimal("10")},
    ],
    "resource_tags": [
        {"id": "t1", "account_id": "acc-a", "resource_type": "instances", "resource_id": "i-1", "key": "team",
         "value": "collected"},
        {"id": "t2", "account_id": "acc-a", "resource_type": "instances", "resource_id": "i-1", "key": "tier",
         "value": None},
    ],
    "resource_change_events": [
        {"id": "e1", "account_id": "acc-a", "resource_type": "instances", "resource_id": "i-1",
         "field_name": "instance_type", "old_value": "m5.xlarge", "new_value": "m5.large",
         "changed_at": datetime(2026, 11, 2)},
        {"id": "e2", "account_id": "acc-a", "resource_type": "instances", "resource_id": "i-1",
         "field_name": "state", "old_value": "pending", "new_value": "running", "changed_at": datetime(2026, 11, 3)},
    ],
    "resource_metrics": [
        {"resource_id": "i-1", "resource_type": "instances", "metric": "cpu", "statistic": statistic, "unit": "%",
         "timestamp": datetime(2026, 11, 2, hour, minute), "interval_seconds": 300, "value": value}
        for statistic, hour, minute, value in (
            ("average", 0, 0, 10.0), ("average", 0, 5, 30.0), ("average", 1, 0, 50.0),
            ("maximum", 0, 0, 40.0), ("maximum", 0, 5, 90.0),
        )
    ],
    "metrics_daily": [
        {"id": f"m{n}", "account_id": "acc-a", "resource_type": "instances", "resource_id": "i-1",
         "date": date(2026, 11, n), "metric_payload": payload}
        for n, payload in ((1, '{"cpu_avg":10,"cpu_max":70.5,"net_in":2000}'), (2, '{"cpu_avg":20.5,"disk":null}'),
                           (3, '{"cpu_avg":"broken"}'))
    ] + [
        {"id": "m9", "account_id": "acc-a", "resource_type": "rds_instances", "resource_id": "db-1",
         "date": date(2026, 11, 4), "metric_payload": '{"cpu_avg":3.5,"connections":7,"engine":"x"}'},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    with inventory_snapshot(Settings(home=tmp_path_factory.mktemp("home")), CHARGES, TABLES) as opened:
        yield opened


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def engine(request, snapshot):
    if request.param == "duckdb":
        return snapshot.engine
    url = request.getfixturevalue("database")
    with connect_postgres(url, autocommit=True) as connection:
        for statement in init_statements():
            connection.execute(statement)
    home = Settings(home=snapshot.engine.path.parents[1])
    manifest = SnapshotStore(home).current()
    loaded = load_snapshot(url, home.home / manifest.file, manifest, home, Silent())
    return PostgresEngine(url, loaded.load.id)


def rows(engine, sql):
    return engine.run(Query("test", sql)).to_pylist()


def one(engine, resource_id, table=None):
    found = [r for r in rows(engine, f"SELECT * FROM resources WHERE resource_id = '{resource_id}'")
             if table in (None, r["inventory_table"])]  # fmt: skip
    assert len(found) == 1
    return found[0]


def test_every_inventory_row_and_every_resource_of_the_bill_is_there_once(engine):
    found = Counter((r["inventory_table"], r["inventory_id"]) for r in rows(engine, "SELECT * FROM resources"))
    expected = [(kind.table, row["id"]) for kind in KINDS for row in TABLES.get(kind.table, ())]
    assert {key: count for key, count in found.items() if key[0]} == dict.fromkeys(expected, 1)
    only_billed = rows(engine, "SELECT resource_id FROM resources WHERE NOT in_inventory ORDER BY 1")
    assert [r["resource_id"] for r in only_billed] == ["ghost-1", "nolist-1", "old-1"]


def test_the_costs_add_up_to_the_bill_of_the_thirty_days_in_each_currency(engine):
    expected = {}
    for row in CHARGES:
        if row["resource_id"] and datetime(2026, 10, 22) <= row["charge_period_start"] < datetime(2026, 11, 21):
            currency = row["billing_currency"]
            expected[currency] = expected.get(currency, Decimal(0)) + row["effective_cost"]
    sums = rows(engine, "SELECT billing_currency, SUM(effective_cost_30d) AS cost FROM resource_costs GROUP BY 1")
    assert {r["billing_currency"]: r["cost"] for r in sums} == expected
    known = rows(engine, "SELECT cost_currency, SUM(cost_30d) AS cost FROM resources WHERE cost_30d IS NOT NULL"
                         " GROUP BY 1")  # fmt: skip
    # db-1 is charged in two currencies, so its 11 and 13 are in neither sum.
    assert {r["cost_currency"]: r["cost"] for r in known} == {"USD": expected["USD"] - 11}


def test_a_machine_has_the_facts_of_its_row_and_the_cost_of_the_bill(engine):
    row = one(engine, "i-1", "instances")
    assert row["cost_30d"] == 20 * 2 + 10 * 1 + 4
    assert (row["cost_currency"], row["cost_currencies"], row["on_bill"], row["in_inventory"]) == ("USD", 1, True, True)
    assert (row["account_number"], row["account_name"], row["env"]) == (A, "Payments", "prod")
    assert (row["name"], row["size"], row["state"]) == ("web-1", "m5.large", "running")
    assert row["list_cost_month"] == Decimal("0.3") * 730
    assert row["service_name"] == "Amazon Elastic Compute Cloud", "the service with most cost"
    assert (row["team"], row["app"], row["cost_center"]) == ("shop", "cart", None)
    assert (row["first_charge_date"], row["last_charge_date"]) == (date(2026, 10, 1), date(2026, 11, 20))


def test_a_node_that_is_a_machine_has_neither_cost_nor_price_a_second_time(engine):
    row = one(engine, "i-1", "container_nodes")
    assert (row["cost_30d"], row["list_cost_month"], row["on_bill"]) == (None, None, False)
    assert row["account_number"] == A, "the account of its cluster"


def test_a_name_in_two_accounts_is_told_apart(engine):
    costs = rows(engine, "SELECT account_number, cost_30d FROM resources WHERE resource_id = 'fn-handler' ORDER BY 1")
    assert [(r["account_number"], r["cost_30d"]) for r in costs] == [(A, Decimal(3)), (B, Decimal(5))]


def test_two_currencies_leave_the_cost_unknown(engine):
    row = one(engine, "db-1")
    assert (row["cost_30d"], row["cost_currency"], row["cost_currencies"]) == (None, None, 2)
    assert row["list_cost_month"] == Decimal("0.5") * 730 + 10


def test_no_charge_in_the_thirty_days_is_zero_and_no_charge_at_all_unknown(engine):
    assert one(engine, "old-1")["cost_30d"] == 0
    assert one(engine, "i-idle")["cost_30d"] is None
    [unknown] = rows(engine, "SELECT list_cost_30d, billed_cost_30d FROM resource_costs WHERE resource_id = 'nolist-1'")
    assert (unknown["list_cost_30d"], unknown["billed_cost_30d"]) == (None, 1)


def test_a_resource_of_the_bill_alone_is_named_and_tagged_as_there(engine):
    row = one(engine, "ghost-1")
    assert (row["name"], row["resource_type"], row["cost_center"]) == (HOSTILE, "Widget", "c9")
    assert (row["account_number"], row["account_name"]) == (A, "Account 1")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("I-1", ["i-1", "i-1"]),
        ("shop-eks", ["shop-eks"]),
        ("team=shop", ["i-1"]),
        ("team = shop", ["i-1"]),
        ("team=old", []),
        ("widget", ["ghost-1"]),
        ("_", ["autoscaling_groups", "container_clusters"]),
        ("%", []),
        ("javascript:1", ["ghost-1"]),
    ],
)
def test_search_by_id_name_type_and_tag(engine, search, found):
    page = find_resources(engine, search=search)
    names = [r["resource_type"] if search == "_" else r["resource_id"] for r in page.table.to_pylist()]
    assert page.total == len(names)
    if search == "_":
        assert set(found) <= set(names), "an underscore is itself, not any character"
        assert "instances" not in names
    else:
        assert names == found


def test_pages_follow_each_other_costliest_first(engine):
    whole = find_resources(engine, limit=100)
    parts = [find_resources(engine, limit=4, offset=n) for n in range(0, whole.total, 4)]
    assert [r for part in parts for r in part.table.to_pylist()] == whole.table.to_pylist()
    costs = [r["cost_30d"] for r in whole.table.to_pylist() if r["cost_30d"] is not None]
    assert costs == sorted(costs, reverse=True)
    assert find_resources(engine, limit=4, offset=4000).offset == 0
    assert dict(resource_types(engine))["instances"] == 4
    assert find_resources(engine, resource_type="instances").total == 4


def test_everything_about_one_id(engine):
    found = resource_of(engine, "i-1")
    assert [entry.noun for entry in found.entries] == ["machine", "cluster node"]
    assert found.entries[0].attributes["gpu_hourly_cost"] == Decimal("0.2")
    assert found.tags == (
        ("team", "shop", "inventory"), ("tier", "", "inventory"), ("user:app", "cart", "inventory"),
    )  # fmt: skip
    assert found.window == (date(2026, 10, 22), date(2026, 11, 20))
    assert (found.on_bill, found.in_inventory) == (True, True)
    ghost = resource_of(engine, "ghost-1")
    assert (ghost.in_inventory, ghost.tags) == (False, (("cost_center", "c9", "bill"),))
    assert resource_of(engine, "nothing") is None


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("i-1", {("attached volume", "vol-1"), ("member of", "web-asg"), ("node of", "shop-eks")}),
        ("vol-1", {("attached to", "i-1"), ("snapshot of it", "snap-1")}),
        ("snap-1", {("copy of", "vol-1")}),
        ("shop-eks", {("node", "i-1"), ("service", "cart")}),
        ("web-asg", {("member", "i-1")}),
        ("cart", {("runs on", "shop-eks")}),
        ("ghost-1", set()),
    ],
)
def test_relations_go_both_ways(engine, resource, expected):
    found = relations(engine, resource).table.to_pylist()
    assert {(r["relation"], r["resource_id"]) for r in found} == expected
    assert len(found) == len(expected)


def test_changes_newest_first(engine):
    found = changes(engine, "i-1").table.to_pylist()
    assert [(r["field_name"], r["old_value"], r["new_value"]) for r in found] == [
        ("state", "pending", "running"),
        ("instance_type", "m5.xlarge", "m5.large"),
    ]


def test_metrics_are_means_of_means_and_extremes_of_extremes(engine):
    found = metrics(engine, "i-1", date(2026, 11, 1), date(2026, 11, 20))
    values = {(r.metric, r.statistic): (r.times, r.values) for r in found.readings}
    assert values[("cpu", "average")] == ((datetime(2026, 11, 2, 0), datetime(2026, 11, 2, 1)), (20.0, 50.0))
    assert values[("cpu", "maximum")] == ((datetime(2026, 11, 2, 0),), (90.0,))
    assert found.newest == date(2026, 11, 3)
    by_day = metrics(engine, "i-1", date(2026, 1, 1), date(2026, 11, 20)).readings
    assert by_day[0].values == (30.0,), "a long period has a point a day"


def test_without_a_series_the_daily_payload_is_read(engine):
    found = metrics(engine, "db-1", date(2026, 11, 1), date(2026, 11, 20))
    assert [(r.metric, r.statistic, r.unit, r.values) for r in found.readings] == [
        ("cpu", "average", "%", (3.5,)),
        ("connections", "daily", "a day", (7.0,)),
    ]
    none = metrics(engine, "ghost-1", date(2026, 11, 1), date(2026, 11, 20))
    assert (none.readings, none.newest) == ((), None)


def test_usage_summary_of_a_month(engine):
    [november] = rows(engine, "SELECT * FROM resource_usage_summary WHERE resource_id = 'i-1'")
    assert (november["period_start"], november["period_end"]) == (date(2026, 11, 1), date(2026, 11, 30))
    assert (november["days_measured"], november["avg_cpu_utilization"]) == (3, 15.25)
    assert (november["max_cpu_utilization"], november["ingress_traffic_gb"]) == (70.5, 2.0)
    assert (november["total_cost"], november["billing_currency"]) == (44, "USD")
    assert november["cost_per_hour"] == pytest.approx(44 / (20 * 24))
    [mixed] = rows(engine, "SELECT * FROM resource_usage_summary WHERE resource_id = 'db-1'")
    assert (mixed["total_cost"], mixed["billing_currency"]) == (None, None)


def test_trends_compare_whole_months_only(engine):
    found = rows(engine, "SELECT * FROM cost_trends WHERE resource_id = 'i-1' ORDER BY period_start")
    assert [
        (r["period_start"], r["complete"], r["total_cost"], r["previous_cost"], r["cost_trend"]) for r in found
    ] == [
        (date(2026, 10, 1), True, 31, None, None),
        (date(2026, 11, 1), False, 44, None, None),
    ]


def test_clusters_and_what_runs_on_them(engine):
    [cluster] = rows(engine, "SELECT * FROM clusters")
    assert (cluster["cluster_type"], cluster["running_nodes"], cluster["services"]) == ("eks", 1, 1)
    found = rows(engine, "SELECT cluster_id, resource_type, resource_id FROM cluster_resources ORDER BY 2")
    assert [tuple(r.values()) for r in found] == [
        ("k1", "container_nodes", "i-1"), ("k1", "container_services", "cart"),
    ]  # fmt: skip


def test_attributes_of_single_providers_have_columns(engine):
    [yandex] = rows(engine, "SELECT * FROM yandex_resources")
    assert (yandex["instance_type"], yandex["cpu_cores"], yandex["memory_gb"]) == ("standard-v3", 4, 16.5)
    assert (yandex["folder_id"], yandex["ip_addresses"]) == ("b1g", '["10.0.0.1"]')
    [selectel] = rows(engine, "SELECT * FROM selectel_resources")
    assert (selectel["flavor"], selectel["cpu_cores"], selectel["datacenter"]) == ("standard-4-8", None, "msk-a")
