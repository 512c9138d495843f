"""Savings of single changes from running sums are those of the whole bill computed twice."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from models.rightsizing.bill import Line, Plan, Portfolio, Reservation, fleet_saving, row_saving
from workbench.rightsizing.fleet import line_key, read_pool
from workbench.rightsizing.pool import Pool, family_of, units_of

TODAY = date(2026, 11, 20)
FAMILIES = {"m5": (1.0, None), "c5": (0.9, 0.7), "r5": (1.3, 0.6)}
SIZES = ("large", "xlarge", "2xlarge")


def line(random, key):
    family, size = random.choice(sorted(FAMILIES)), random.choice(SIZES)
    factor, share = FAMILIES[family]
    price = round(0.024 * units_of(f"x.{size}") * factor, 5)
    return Line(
        key, f"{family}.{size}", family, random.choice("ab"), random.choice(("linux", "linux", "windows")), price,
        units=units_of(f"x.{size}"), account=random.choice("12"),
        compute_rate=None if share is None else price * share,
        family_rate=None if share is None else price * share * 0.9,
    )  # fmt: skip


def commitments(random):
    def when():
        return random.choice((None, date(2027, 1, 1), date(2029, 1, 1)))

    reservations = []
    for number in range(random.randint(0, 3)):
        family, size = random.choice(sorted(FAMILIES)), random.choice(SIZES)
        reservations.append(
            Reservation(
                f"r{number}",
                f"{family}.{size}",
                family,
                random.choice("ab"),
                "linux",
                random.choice((0.5, 1, 2)),
                0.05,
                units_of(f"x.{size}"),
                random.random() < 0.7,
                random.choice("12"),
                when(),
            )
        )
    plans = []
    for number in range(random.randint(0, 3)):
        whose = (random.choice(sorted(FAMILIES)), random.choice("ab")) if random.random() < 0.5 else (None, None)
        plans.append(Plan(f"p{number}", random.choice((0.05, 0.2, 1.0)), *whose, "1", when()))
    return Portfolio(tuple(reservations), tuple(plans))


@pytest.mark.parametrize("seed", range(120))
def test_one_change_saves_what_the_bill_says(seed):
    random = Random(seed)
    lines = [line(random, f"k{number}") for number in range(random.randint(1, 14))]
    hours = [(n, [replace(one, quantity=random.choice((1, 1, 0.5, 0))) for one in lines]) for n in (500.0, 200.0)]
    portfolio = commitments(random)
    pool = Pool(hours, portfolio, TODAY)
    for one in lines:
        new = line(random, one.key)
        new = replace(new, account=one.account, operating_system=one.operating_system, region=one.region)
        got, expected = pool.row(new), row_saving(hours, portfolio, new, TODAY)
        assert got.today == pytest.approx(expected.today, abs=1e-6)
        assert got.after_expiry == pytest.approx(expected.after_expiry, abs=1e-6)


def test_the_order_of_the_lines_is_irrelevant():
    random = Random(7)
    lines = [replace(line(random, f"k{number}"), quantity=1.0) for number in range(20)]
    portfolio = commitments(random)
    new = replace(line(random, "k3"), region=lines[3].region, operating_system=lines[3].operating_system)
    straight, turned = (Pool([(700.0, given)], portfolio, TODAY) for given in (lines, lines[::-1]))
    assert straight.row(new) == turned.row(new)


def row(resource, hours, *, size="m5.large", price=0.1, commitment=None, kind=None, cost=None, weekend=False, **more):
    return {
        "resource_id": resource, "sub_account_id": "1", "billing_currency": "USD", "service_category": "Compute",
        "region_id": "eu-west-1", "usage_type": f"EUW1-BoxUsage:{size}", "operation": "RunInstances",
        "instance_type": None, "operating_system": None, "pricing_category": "Committed" if commitment else "Standard",
        "commitment": commitment, "commitment_type": kind, "commitment_status": "Used" if commitment else None,
        "weekend": weekend, "hours": hours, "list_cost": hours * price, "contracted_cost": hours * price,
        "effective_cost": hours * price if cost is None else cost, "days": 5, **more,
    }  # fmt: skip


def bought(name, cost, *, kind="Reserved Instance", unused=0.0, used=0.0, scope=None, ends=date(2027, 3, 1)):
    return {
        "commitment": name, "commitment_type": kind, "name": name, "currency": "USD", "service_name": None,
        "unused_account": "1", "cost": cost, "days": 7, "unused": unused, "used": used, "last_day": TODAY,
        "end_date": ends, "scope": scope, "owner": "1",
    }  # fmt: skip


FIRST = date(2026, 11, 14)  # seven days: 120 hours of working days, 48 of the weekend


def test_a_reserved_machine_saves_nothing_today_and_all_after_its_end():
    rows = [
        row("i-1", 120.0, commitment="ri", kind="Reserved Instance", cost=72.0 * 0.1),
        row("i-1", 48.0, commitment="ri", kind="Reserved Instance", cost=28.8 * 0.1, weekend=True),
    ]
    pool, held, _ = read_pool(rows, [bought("ri", 10.08, used=168.0)], "USD", FIRST, TODAY)
    old = pool.line(line_key("i-1", "1", "m5.large"))
    assert old.price == pytest.approx(0.1)
    half = replace(old, instance_type="m5.medium", price=0.05, units=2.0)
    found = pool.row(half)
    assert found.today == pytest.approx(0.0, abs=1e-9)
    assert found.after_expiry == pytest.approx(0.05 * 730)
    assert found.expiry == date(2027, 3, 1)
    assert held.flexible["ri"]


def test_in_another_family_the_reservation_is_left_unused():
    rows = [row("i-1", 120.0, commitment="ri", kind="Reserved Instance", cost=6.0)]
    rows += [row("i-1", 48.0, commitment="ri", kind="Reserved Instance", cost=2.4, weekend=True)]
    pool, _, _ = read_pool(rows, [bought("ri", 8.4, used=168.0)], "USD", FIRST, TODAY)
    old = pool.line(line_key("i-1", "1", "m5.large"))
    other = replace(old, instance_type="c5.large", family="c5", price=0.085)
    assert pool.row(other).today == pytest.approx(-0.085 * 730)


def test_a_reservation_idle_beside_machines_of_its_family_covers_its_own_size_only():
    rows = [row("i-1", 168.0, size="m5.xlarge", commitment="ri", kind="Reserved Instance", cost=8.0)]
    rows += [row("i-2", 168.0, size="m5.large")]
    idle = bought("ri", 16.0, unused=168.0, used=168.0)
    _, held, _ = read_pool(rows, [idle], "USD", FIRST, TODAY)
    assert not held.flexible["ri"]
    _, held, _ = read_pool(rows[:1], [idle], "USD", FIRST, TODAY)
    assert held.flexible["ri"]


def test_machines_at_spot_are_no_part_of_the_pool():
    rows = [row("i-1", 168.0), row("i-2", 168.0, pricing_category="Dynamic")]
    pool, _, _ = read_pool(rows, [], "USD", FIRST, TODAY)
    assert pool.line(line_key("i-1", "1", "m5.large")) is not None
    assert pool.line(line_key("i-2", "1", "m5.large")) is None


def test_the_fleet_saves_what_the_model_says():
    random = Random(3)
    lines = [replace(line(random, f"k{number}"), quantity=1.0) for number in range(12)]
    portfolio = commitments(random)
    pool = Pool([(700.0, lines)], portfolio, TODAY)
    changes = {one.key: replace(line(random, one.key), region=one.region) for one in lines[:5]}
    assert pool.fleet(changes) == fleet_saving([(700.0, tuple(lines))], portfolio, changes, TODAY)


@pytest.mark.parametrize(
    ("name", "units", "family"),
    [("m5.xlarge", 8.0, "m5"), ("m5.24xlarge", 192.0, "m5"), ("t3.nano", 0.25, "t3"), ("m5.metal", None, "m5"),
     ("db.r5.large", 4.0, "db.r5")],
)  # fmt: skip
def test_names_of_sizes(name, units, family):
    assert (units_of(name), family_of(name)) == (units, family)
