"""Volumes, databases and caches."""

from dataclasses import replace

import numpy as np
import pytest

from models.rightsizing.candidates import Catalogue
from models.rightsizing.databases import (
    cache_idle,
    cache_machines,
    cache_usage,
    database_idle,
    database_usage,
    decide_database,
    follow_writer,
    storage_decision,
    storage_saving,
)
from models.rightsizing.decide import decide
from models.rightsizing.policy import Policy
from models.rightsizing.volumes import Volume, VolumePrices, decide_volume, deletion_saving, volume_idle
from tests.support.rightsizing import NOW, flat, load, machine, offers, on_demand, size

PRICES = VolumePrices({"gp2": 0.10, "gp3": 0.08, "io1": 0.125}, {"gp3": 0.005, "io1": 0.065}, 0.04)


def test_throughput_parity_would_make_a_volume_dearer():
    blind = decide_volume(Volume("v", "gp2", 200), PRICES)
    assert (blind.outcome, blind.saving) == ("keep", pytest.approx(20.0 - 21.0))
    seen = decide_volume(Volume("v", "gp2", 200, p99_iops=500, p99_mb_s=60), PRICES)
    assert (seen.outcome, seen.saving, seen.iops, seen.mb_s) == ("change", pytest.approx(4.0), 3000, 125)


@pytest.mark.parametrize(("size", "outcome"), [(170, "change"), (171, "keep"), (249, "keep"), (251, "change")])
def test_sizes_between_the_traps(size, outcome):
    # Above 170 GiB gp2 bursts to 250 MB/s: 125 more than gp3 includes, 5 a month, against 0.02 a GiB.
    assert decide_volume(Volume("v", "gp2", size), PRICES).outcome == outcome


def test_parity_of_a_large_volume_keeps_its_operations():
    # 2,000 GiB of gp2 give 6,000 operations/s and 250 MB/s: 200 − (160 + 3,000 × 0.005 + 125 × 0.04) = 20.
    found = decide_volume(Volume("v", "gp2", 2000), PRICES)
    assert (found.outcome, found.iops, found.mb_s, found.saving) == ("change", 6000, 250, pytest.approx(20.0))


def test_provisioned_volume_moves_only_when_measured_and_alone():
    volume = Volume("v", "io1", 500, iops=8000, p99_iops=4000, p99_mb_s=100)
    found = decide_volume(volume, PRICES)
    # 62.5 + 520 before; 40 + 1,800 × 0.005 after (4,000 × 1.2 = 4,800 operations/s).
    assert (found.outcome, found.iops, found.saving) == ("change", 4800, pytest.approx(582.5 - 49.0))
    for change in ({"p99_iops": None}, {"attached": 2}, {"latency_sensitive": True}, {"p99_iops": 15_000}):
        assert decide_volume(replace(volume, **change), PRICES).outcome == "keep"


def test_unused_operations_of_gp3_are_given_back():
    found = decide_volume(Volume("v", "gp3", 100, iops=6000, mb_s=250, p99_iops=1000, p99_mb_s=20), PRICES)
    assert found.saving == pytest.approx(15 + 5)


def test_a_volume_without_prices_or_just_changed_is_not_decided():
    assert decide_volume(Volume("v", "gp2", 100), VolumePrices({}, {})).outcome == "price_missing"
    assert decide_volume(Volume("v", "gp2", 100, hours_since_change=5), PRICES).outcome == "not_applicable"


def test_idle_volumes_need_every_day():
    assert volume_idle([0.0] * 14, attached=True, days_unattached=None) == "idle"
    assert volume_idle([0.0] * 13 + [None], attached=True, days_unattached=None) is None
    assert volume_idle([1.0] * 14, attached=True, days_unattached=None) is None
    assert volume_idle([], attached=False, days_unattached=32) == "unattached"
    assert volume_idle([], attached=False, days_unattached=31) is None


LARGE = size("db.r5.xlarge", 4, 32, 0.5, service="database", operating_system="postgres", deployment="Multi-AZ")
SMALL = replace(LARGE, instance_type="db.r5.large", vcpu=2, memory_gib=16, price=replace(LARGE.price, hourly=0.25))
SINGLE = replace(SMALL, instance_type="db.r5.single", deployment="Single-AZ")


def database(freeable, swap=None):
    usage = database_usage(load(memory=95.0), LARGE, freeable_gib=freeable, swap_gib=swap)
    resource = machine("db.r5.xlarge", machine=LARGE)
    return decide(resource, usage, Catalogue([LARGE, SMALL, SINGLE]), Policy(), now=NOW, hours=on_demand())


def test_a_database_is_judged_by_what_stays_free():
    # 20 GiB free of 32: 12 needed, 75 % of 16; the full buffer pool (95 %) is no need, and Single-AZ no alternative.
    assert offers(database(flat(20))) == {"db.r5.large": 182.5}
    assert database(flat(18)).finding == "optimized"
    assert database(None).finding == "optimized"
    swapping = database(flat(20), flat(1.0))
    assert (swapping.finding, swapping.dimensions) == ("under", ("memory",))


def test_a_replica_that_may_take_over_follows_its_writer():
    writer = database(flat(20))
    replica = machine("db.r5.xlarge", machine=LARGE)
    assert follow_writer(replica, 2, writer) is None
    found = follow_writer(replica, 1, writer)
    assert (found.finding, found.options) == ("over", ())


def test_idle_databases_and_caches():
    assert database_idle(flat(2), flat(0), flat(5)) is True
    assert database_idle(flat(2), flat(1), flat(5)) is False
    assert database_idle(flat(2), flat(0), None) is None
    assert cache_idle(flat(0), flat(0), flat(0)) is True
    assert cache_idle(flat(0), flat(0), flat(1)) is False
    assert cache_idle(flat(0), flat(np.nan), flat(0)) is None


def test_storage_of_a_database_loses_operations_never_size():
    assert storage_decision(
        size_gib=500, provisioned_iops=20_000, provisioned_mb_s=1000, p99_iops=11_000, p99_mb_s=100
    ) == (13_200, 500)
    assert storage_decision(
        size_gib=100, provisioned_iops=3000, provisioned_mb_s=125, p99_iops=None, p99_mb_s=10
    ) is None  # fmt: skip


def test_a_cache_needs_room_for_its_data_and_the_copy():
    large = size("cache.m5.xlarge", 4, 13, 0.3, service="cache", operating_system="redis")
    small = replace(large, instance_type="cache.m5.large", vcpu=2, memory_gib=6.4)
    small = replace(small, price=replace(large.price, hourly=0.15))
    large, small = cache_machines([large, small])
    resource = machine("cache.m5.xlarge", machine=large)

    def found(data, cpu=60.0, evictions=None):
        usage = cache_usage(load(cpu=cpu), large, data_gib=data, evictions=evictions)
        return decide(resource, usage, Catalogue([large, small]), Policy(), now=NOW, hours=on_demand())

    # The engine uses one processor on either size, so 60 % stays 60 %. 3.8 / 0.75 = 5.07 GiB are 79 % of 6.4.
    assert offers(found(flat(3.8))) == {"cache.m5.large": 109.5}
    assert found(flat(3.9)).finding == "optimized"
    assert found(None).finding == "optimized"
    assert found(flat(3.8), evictions=flat(1)).finding == "under"


def test_a_provisioned_volume_that_stays_may_be_more_durable():
    prices = VolumePrices({**PRICES.storage, "io2": 0.125}, {**PRICES.operation, "io2": 0.065}, 0.04)
    shared = Volume("v", "io1", 500, iops=8000, attached=2)
    assert "io2 costs no more" in decide_volume(shared, prices).reason
    assert "io2" not in decide_volume(shared, PRICES).reason
    dearer = replace(prices, storage={**prices.storage, "io2": 0.2})
    assert "io2" not in decide_volume(shared, dearer).reason


def test_a_deleted_volume_leaves_its_snapshot():
    assert deletion_saving(Volume("v", "gp2", 200), PRICES, 0.05) == pytest.approx(20.0 - 10.0)
    assert deletion_saving(Volume("v", "gp2", 200), PRICES, None) is None
    assert deletion_saving(Volume("v", "st1", 200), PRICES, 0.05) is None


def test_a_database_is_too_large_only_with_evidence():
    slim = replace(LARGE, instance_type="db.x", vcpu=2, price=replace(LARGE.price, hourly=0.3))
    resource = machine("db.r5.xlarge", machine=LARGE)

    def found(freeable, **more):
        usage = database_usage(load(), LARGE, freeable_gib=freeable)
        return decide_database(resource, usage, Catalogue([LARGE, slim]), Policy(), now=NOW, hours=on_demand(), **more)

    blind = found(None)
    assert (blind.finding, blind.options) == ("cannot_tell", ())
    assert "Performance Insights" in blind.reason
    assert offers(found(None, performance_insights=True)) == {"db.x": 146.0}
    assert offers(found(flat(20))) == {"db.x": 146.0}
    assert "restarts the database" in found(flat(20)).notes[-1]


def test_saving_of_database_storage_is_operations_and_throughput():
    # 20,000 - 13,200 operations at 0.02 and 1,000 - 500 MB/s at 0.08.
    assert storage_saving(
        provisioned_iops=20_000, provisioned_mb_s=1000, needed=(13_200, 500), price_iops=0.02, price_mb_s=0.08
    ) == pytest.approx(136.0 + 40.0)
    assert storage_saving(
        provisioned_iops=1, provisioned_mb_s=1, needed=None, price_iops=0.02, price_mb_s=0.08
    ) is None  # fmt: skip
