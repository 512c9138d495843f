"""Sizes and loads the tests of rightsizing share; prices are round figures of one region."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from models.rightsizing.candidates import Catalogue
from models.rightsizing.decide import decide
from models.rightsizing.facts import Hours, Machine, Price, PriceMissing, Resource, Usage
from models.rightsizing.policy import Policy

TODAY = date(2026, 10, 20)
NOW = datetime(2026, 10, 20, tzinfo=UTC)
DAY = 288


def size(name, vcpu, memory, price, *, windows=None, perf=1.0, ebs=1150.0, network=1250.0, **more):
    """EBS and network are sustained, in Mbit/s."""
    return Machine(
        instance_type=name,
        family=name.split(".")[0],
        vcpu=vcpu,
        memory_gib=memory,
        price=Price(price, as_of=TODAY),
        region="eu-west-1",
        perf_index=perf,
        ebs_mbit_s=ebs,
        ebs_iops=more.pop("iops", 6000.0),
        network_mbit_s=network,
        **more,
    )


T3 = {"surplus_price": 0.05, "perf": 0.95, "generation": 5}
SIZES = {
    each.instance_type: each
    for each in (
        size("m5.xlarge", 4, 16, 0.192, generation=5),
        size("m5.large", 2, 8, 0.096, ebs=650.0, network=750.0, iops=3600.0, generation=5),
        size("m6i.large", 2, 8, 0.096, perf=1.15, ebs=650.0, network=781.0, iops=3600.0, generation=6),
        size("m6i.xlarge", 4, 16, 0.192, perf=1.15, generation=6),
        size("t3.large", 2, 8, 0.0832, burst_baseline_percent=30.0, ebs=695.0, network=512.0, iops=4000.0, **T3),
        size("t3.xlarge", 4, 16, 0.1664, burst_baseline_percent=40.0, ebs=695.0, network=1024.0, iops=4000.0, **T3),
        size("r5.large", 2, 16, 0.126, ebs=650.0, network=750.0, iops=3600.0, generation=5),
        size("c5.xlarge", 4, 8, 0.17, perf=1.08, generation=5),
        size(
            "m6g.large", 2, 8, 0.077, perf=1.1, ebs=630.0, network=750.0, iops=3600.0, generation=6,
            architectures=frozenset({"arm64"}),
        ),
    )
}  # fmt: skip
WINDOWS = {"m5.xlarge": 0.376, "m5.large": 0.188, "m6i.large": 0.188, "m6i.xlarge": 0.376}


def windows_sizes():
    """The same with Windows; sizes without a price here have none."""
    return [
        replace(
            each,
            operating_system="windows",
            price=Price(WINDOWS[name], as_of=TODAY) if name in WINDOWS else PriceMissing("not listed for Windows"),
        )
        for name, each in SIZES.items()
    ]


def flat(value, days=14):
    return np.full(DAY * days, float(value))


def with_peak(base, peak, share, days=14):
    """A load at ``base`` with single samples at ``peak``, spread evenly, as ``share`` of all."""
    values = flat(base, days)
    count = round(share * len(values))
    values[np.linspace(0, len(values) - 1, count).astype(int)] = peak
    return values


def load(cpu=17.0, memory=38.0, ebs=100.0, iops=100.0, network=50.0, days=14, **more):
    """Usage of the last days; a number is a flat load, None is not measured."""

    def series(value):
        if value is None or isinstance(value, np.ndarray):
            return value
        return flat(value, days)

    values = {"cpu": cpu, "memory": memory, "ebs_mbit_s": ebs, "ebs_iops": iops, "network_mbit_s": network}
    return Usage(
        start=NOW - timedelta(days=days),
        step_minutes=5.0,
        **{name: series(value) for name, value in values.items()},
        **{name: series(value) if name != "running" else value for name, value in more.items()},
    )


def machine(kind="m5.xlarge", **more):
    found = more.pop("machine", SIZES.get(kind))
    return Resource("i-1", kind, found, launched=NOW - timedelta(days=100), **more)


def on_demand(days=14, **more):
    return Hours(window=24.0 * days, on_demand=24.0 * days, **more)


def decided(resource=None, usage=None, *, sizes=None, policy=None, hours="on demand", **more):
    """A decision; ``sizes`` are those of the catalogue."""
    usage = usage or load()
    if hours == "on demand":
        hours = on_demand(usage.steps // DAY)
    catalogue = Catalogue(list(SIZES.values()) if sizes is None else list(sizes))
    return decide(resource or machine(), usage, catalogue, policy or Policy(), now=NOW, hours=hours, **more)


def offers(decision):
    """Savings at list of the options by type."""
    return {
        option.machine.instance_type: None if option.savings.at_list is None else round(option.savings.at_list, 2)
        for option in decision.options
    }


def codes(decision, kind):
    """Reasons against a type."""
    return {
        reason.code for each in decision.rejected if each.machine.instance_type == kind for reason in each.rejections
    }
