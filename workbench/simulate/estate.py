"""The demo company's resources: what runs, where, since when, how it is tagged, and how much it uses on which days.

Days are numbered from 0, the first day of the first month; months from 0 to 12, the last one still open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workbench.simulate.noise import identifier, share
from workbench.simulate.price_list import REGIONS, Sku, sku

__all__ = ["ACCOUNTS", "Account", "Calendar", "Stream", "estate"]


@dataclass(frozen=True, slots=True)
class Account:
    """A sub-account of the company."""

    id: str
    name: str
    environment: str


ACCOUNTS = {
    "shop": Account("210000000011", "shop-production", "production"),
    "staging": Account("210000000022", "shop-staging", "staging"),
    "data": Account("210000000033", "data-platform", "production"),
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where months begin: ``month_starts[m]`` is the day number of month ``m``; ``days`` is the length of the bill."""

    month_starts: tuple[int, ...]
    days: int

    def day(self, month: int, of_month: int = 1) -> int:
        """The number of a day of a month."""
        return self.month_starts[month] + of_month - 1


_ALWAYS = 10_000  # a day after every bill


@dataclass(frozen=True, slots=True)
class Stream:
    """One resource using one priced item: a charge line on every day with use.

    ``per_day`` is the use on an ordinary day at the start, in the item's unit (``GB-Months``: gigabytes stored).
    ``growth`` is the share added in a year. ``rhythm`` names the weekly pattern in ``usage.py``. ``surge`` multiplies
    the use from its first to before its last day. Days run from ``first`` to before ``last``.
    """

    sku: Sku
    account: Account
    resource_id: str
    resource_name: str
    resource_type: str
    tags: str | None
    per_day: float
    growth: float = 0.0
    rhythm: str = "steady"
    first: int = 0
    last: int = _ALWAYS
    surge: tuple[int, int, float] | None = None

    @property
    def key(self) -> str:
        """A name that is unique in the estate."""
        return f"{self.resource_id}/{self.sku.price_id}"


# How each team is written by those who tag by hand; the first spelling is the usual one.
_TEAM_SPELLINGS = {
    "checkout": ("checkout", "Checkout", "check-out"),
    "catalog": ("catalog", "catalogue"),
    "search": ("search", "Search"),
    "payments": ("payments", "Payments", "payment"),
    "analytics": ("analytics", "data-analytics"),
    "platform": ("platform", "Platform team"),
}
_COST_CENTERS = {
    "checkout": "cc-1010",
    "catalog": "cc-1020",
    "search": "cc-1030",
    "payments": "cc-1040",
    "analytics": "cc-2010",
    "platform": "cc-3000",
}
_ENVIRONMENTS = {"production": ("production", "prod", "Production"), "staging": ("staging", "stage")}
_YEAR = 365
_UNTAGGED_SHARE, _ODD_SPELLING_SHARE, _COST_CENTER_SHARE = 0.17, 0.22, 0.55


def _spelled(name: str, spellings: tuple[str, ...]) -> str:
    if share(f"odd {name}") >= _ODD_SPELLING_SHARE:
        return spellings[0]
    return spellings[int(share(f"which {name}") * len(spellings))]


def _tags(name: str, team: str, account: Account) -> str | None:
    if share(f"untagged {name}") < _UNTAGGED_SHARE:
        return None
    tags = {
        "team": _spelled(f"team {name}", _TEAM_SPELLINGS[team]),
        "environment": _spelled(f"environment {name}", _ENVIRONMENTS[account.environment]),
    }
    if share(f"center {name}") < _COST_CENTER_SHARE:
        tags["cost_center"] = _COST_CENTERS[team]
    return json.dumps(tags)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the ids of a kind of resource are written."""

    type: str
    service: str
    prefix: str


_INSTANCE = _Kind("EC2 instance", "ec2", "instance/i-")
_VOLUME = _Kind("EBS volume", "ec2", "volume/vol-")
_SNAPSHOT = _Kind("EBS snapshot", "ec2", "snapshot/snap-")
_BUCKET = _Kind("S3 bucket", "s3", "")
_DATABASE = _Kind("RDS instance", "rds", "db:")
_CACHE = _Kind("ElastiCache node", "elasticache", "cluster:")
_TABLE = _Kind("DynamoDB table", "dynamodb", "table/")
_FUNCTION = _Kind("Lambda function", "lambda", "function:")
_BALANCER = _Kind("Load balancer", "elasticloadbalancing", "loadbalancer/app/")
_GATEWAY = _Kind("NAT gateway", "ec2", "natgateway/nat-")
_DISTRIBUTION = _Kind("CloudFront distribution", "cloudfront", "distribution/")
_JOB = _Kind("Glue job", "glue", "job/")
_WAREHOUSE = _Kind("Redshift cluster", "redshift", "cluster:")
_LOG_GROUP = _Kind("Log group", "logs", "log-group:")
_MODEL = _Kind("Inference profile", "bedrock", "inference-profile/")


def _stream(
    kind: _Kind, name: str, where: tuple[str, str], item: str, team: str, per_day: float, *, spot: bool = False
) -> Stream:
    """One resource with one item; ``where`` is (account, region)."""
    account, region = ACCOUNTS[where[0]], where[1]
    short = identifier(name, 17) if kind.prefix.endswith("-") else name
    return Stream(
        sku=sku(item, region, spot=spot),
        account=account,
        resource_id=f"arn:aws:{kind.service}:{REGIONS[region].id or ''}:{account.id}:{kind.prefix}{short}",
        resource_name=name,
        resource_type=kind.type,
        tags=_tags(name, team, account),
        per_day=per_day,
    )


def estate(calendar: Calendar) -> list[Stream]:
    """Every stream of the company, in a fixed order."""
    return [
        *_compute(calendar),
        *_storage(calendar),
        *_databases(calendar),
        *_serverless(),
        *_network(calendar),
        *_analytics(calendar),
        *_observability(calendar),
    ]


def _compute(calendar: Calendar) -> Iterator[Stream]:
    fleets = (
        # name, account, region, item, team, how many at the start, added in the year, rhythm
        ("shop-web", "shop", "virginia", "c6i.2xlarge", "checkout", 14, 8, "office"),
        ("shop-web-eu", "shop", "ireland", "c6i.2xlarge", "checkout", 8, 7, "office"),
        ("shop-web-ap", "shop", "sydney", "m6i.xlarge", "checkout", 4, 3, "office"),
        ("catalog-api", "shop", "virginia", "m6i.2xlarge", "catalog", 9, 3, "steady"),
        ("search-node", "shop", "virginia", "r6i.2xlarge", "search", 8, 5, "steady"),
        ("payments-api", "shop", "ireland", "m6i.xlarge", "payments", 8, 4, "steady"),
        ("build-runner", "staging", "virginia", "m6i.xlarge", "platform", 10, 6, "working_hours"),
        ("staging-app", "staging", "virginia", "t3.large", "platform", 22, 8, "working_hours"),
        ("staging-app-eu", "staging", "ireland", "t3.large", "platform", 8, 4, "working_hours"),
        ("bastion", "staging", "ireland", "m7g.large", "platform", 3, 0, "steady"),
    )
    for fleet, account, region, item, team, start, added, rhythm in fleets:
        for number in range(start + added):
            name = f"{fleet}-{number + 1:02}"
            # The fleet grows a machine at a time, evenly over the year.
            first = 0 if number < start else _YEAR * (number - start + 1) // (added + 1)
            # Search is rebuilt on half the machines late in the last closed month.
            last = calendar.day(11, 24) if fleet == "search-node" and number % 2 else _ALWAYS
            machine = _stream(_INSTANCE, name, (account, region), item, team, 24.0)
            yield replace(machine, first=first, last=last, rhythm=rhythm)
            disk = "gp2" if share(f"disk {name}") < 0.3 else "gp3"
            size = 100.0 + 50.0 * int(share(f"size {name}") * 9)
            volume = _stream(_VOLUME, f"{name}-root", (account, region), disk, team, size)
            tags = machine.tags if share(f"tagged {name}") < 0.6 else None
            yield replace(volume, tags=tags, first=first, last=last)
            if fleet.startswith("shop-web"):
                egress = _stream(_INSTANCE, name, (account, region), "egress", team, 9.0)
                yield replace(egress, first=first, rhythm="office", growth=0.2)
    for number in range(16):
        worker = _stream(_INSTANCE, f"batch-{number + 1:02}", ("data", "virginia"), "r6i.2xlarge", "analytics", 15.0,
                         spot=True)  # fmt: skip
        yield replace(worker, rhythm="month_end", growth=0.3)


def _storage(calendar: Calendar) -> Iterator[Stream]:
    buckets = (
        ("shop", "virginia", ("product-images", "order-exports", "static-assets", "web-logs", "invoices"), 9_000.0),
        ("shop", "ireland", ("eu-customer-files", "eu-web-logs", "eu-backups"), 7_000.0),
        ("shop", "sydney", ("ap-static-assets", "ap-backups"), 2_500.0),
        ("data", "virginia", ("raw-events", "clean-events", "features", "experiments", "models"), 26_000.0),
        ("staging", "virginia", ("build-artifacts", "staging-dumps", "test-fixtures"), 5_000.0),
    )  # fmt: skip
    for account, region, names, gigabytes in buckets:
        team = {"shop": "catalog", "data": "analytics", "staging": "platform"}[account]
        for part in names:
            for number in (1, 2):
                name = f"example-shop-{part}-{number}"
                size = gigabytes * (0.4 + 1.2 * share(f"size {name}"))
                # A retention rule deletes old raw events from the middle of the last closed month.
                kept = (calendar.day(11, 16), _ALWAYS, 0.55) if part == "raw-events" else None
                yield replace(
                    _stream(_BUCKET, name, (account, region), "s3-storage", team, size),
                    growth=0.9 if account == "data" else 0.35,
                    surge=kept,
                )
                requests = _stream(_BUCKET, name, (account, region), "s3-requests", team, size * 45)
                yield replace(requests, growth=0.3, rhythm="office")
    for number in range(40):
        region = "virginia" if number % 3 else "ireland"
        name = f"nightly-{number + 1:02}"
        first = _YEAR * number // 60
        yield replace(
            _stream(_SNAPSHOT, name, ("shop", region), "snapshot", "platform", 400.0), first=first, growth=0.5
        )


def _databases(calendar: Calendar) -> Iterator[Stream]:
    retired = calendar.day(7, 19)
    for number in range(8):
        name = f"orders-{number + 1}"
        # Two of the eight reserved databases are retired: from then on part of their reservation is unused.
        last = retired if number >= 6 else _ALWAYS
        instance = _stream(_DATABASE, name, ("shop", "ireland"), "db.r6g.xlarge", "payments", 24.0)
        yield replace(instance, last=last)
        storage = _stream(_DATABASE, name, ("shop", "ireland"), "db-storage", "payments", 900.0)
        yield replace(storage, last=last, growth=0.4)
    for number in range(6):
        name = f"staging-db-{number + 1}"
        yield replace(
            _stream(_DATABASE, name, ("staging", "virginia"), "db.m6g.large", "platform", 24.0), rhythm="working_hours"
        )
        yield _stream(_DATABASE, name, ("staging", "virginia"), "db-storage", "platform", 200.0)
    for number in range(6):
        region = "virginia" if number < 4 else "ireland"
        yield _stream(_CACHE, f"sessions-{number + 1}", ("shop", region), "cache.r6g.large", "checkout", 24.0)
    for table in ("carts", "sessions", "stock", "prices", "reviews", "coupons", "wishlists", "addresses"):
        for region in ("virginia", "ireland"):
            name = f"{table}-{REGIONS[region].code.lower()}"
            reads = 4e7 * (0.3 + share(f"reads {name}"))
            for item, per_day in (("ddb-read", reads), ("ddb-write", reads / 6)):
                stream = _stream(_TABLE, name, ("shop", region), item, "catalog", per_day)
                yield replace(stream, growth=0.35, rhythm="office")


def _serverless() -> Iterator[Stream]:
    steps = ("resize", "notify", "price", "index", "export", "audit", "route", "score", "import", "clean")
    for account, region, team, prefix in (
        ("shop", "virginia", "catalog", "images"),
        ("shop", "ireland", "payments", "payments"),
        ("shop", "virginia", "search", "search"),
        ("data", "virginia", "analytics", "events"),
        ("staging", "virginia", "platform", "ci"),
    ):
        for step in steps:
            name = f"{prefix}-{step}"
            seconds = 120_000.0 * (0.2 + 1.6 * share(f"seconds {name}"))
            stream = _stream(_FUNCTION, name, (account, region), "lambda-time", team, seconds)
            yield replace(stream, growth=0.6, rhythm="office")


def _network(calendar: Calendar) -> Iterator[Stream]:
    for account, region, count in (("shop", "virginia", 8), ("shop", "ireland", 6), ("staging", "virginia", 6)):
        for number in range(count):
            name = f"{account}-{REGIONS[region].code.lower()}-{number + 1:02}"
            yield _stream(_BALANCER, name, (account, region), "alb", "platform", 24.0)
            units = _stream(_BALANCER, name, (account, region), "lcu", "platform", 70.0 if account == "shop" else 8.0)
            yield replace(units, growth=0.3, rhythm="office")
    for account, region, gigabytes in (
        ("shop", "virginia", 700.0),
        ("shop", "ireland", 520.0),
        ("shop", "sydney", 160.0),
        ("staging", "virginia", 120.0),
        ("data", "virginia", 600.0),
    ):
        name = f"{account}-{region}"
        yield _stream(_GATEWAY, name, (account, region), "nat", "platform", 24.0)
        traffic = _stream(_GATEWAY, name, (account, region), "nat-bytes", "platform", gigabytes)
        # A migration copies the data lake through the gateway for three days.
        copied = (calendar.day(6, 11), calendar.day(6, 14), 9.0) if account == "data" else None
        yield replace(traffic, growth=0.3, rhythm="office", surge=copied)
    for name, gigabytes in (("www", 1_500.0), ("images", 1_100.0), ("downloads", 220.0), ("api", 160.0)):
        delivered = _stream(_DISTRIBUTION, name, ("shop", "global"), "cdn", "catalog", gigabytes)
        yield replace(delivered, growth=0.4, rhythm="evening")


def _analytics(calendar: Calendar) -> Iterator[Stream]:
    ends, begins = calendar.day(8, 15), calendar.day(8, 1)
    for step in ("ingest", "clean", "join", "sessions", "revenue", "funnel", "stock", "ads", "features", "report"):
        job = _stream(_JOB, f"events-{step}", ("data", "virginia"), "glue-dpu", "analytics", 34.0)
        yield replace(job, last=ends, rhythm="month_end", growth=0.4)
    for number in range(3):
        warehouse = _stream(_WAREHOUSE, f"dwh-{number + 1}", ("data", "virginia"), "ra3.4xlarge", "analytics", 24.0)
        yield replace(warehouse, first=begins)
    launched, cheaper, added = calendar.day(9, 5), calendar.day(11, 9), calendar.day(11, 25)
    for use, per_day, first in (
        ("shop-assistant", 1_800.0, launched),
        ("review-summaries", 480.0, launched),
        ("search-rewrite", 800.0, launched),
        ("image-captions", 650.0, added),
    ):
        tokens = _stream(_MODEL, use, ("shop", "virginia"), "tokens-in", "search", per_day * 6)
        yield replace(tokens, first=first, growth=1.2, rhythm="office")
        # The price of output tokens falls for everyone.
        for item, begins, ends in (("tokens-out", first, cheaper), ("tokens-out-2026", max(first, cheaper), _ALWAYS)):
            tokens = _stream(_MODEL, use, ("shop", "virginia"), item, "search", per_day)
            yield replace(tokens, first=begins, last=ends, growth=1.2, rhythm="office")


def _observability(calendar: Calendar) -> Iterator[Stream]:
    noisy = max(calendar.days - 12, 0)
    for account, region in (("shop", "virginia"), ("shop", "ireland"), ("data", "virginia"), ("staging", "virginia")):
        for part in ("web", "api", "jobs", "audit", "ingress"):
            name = f"/{account}/{REGIONS[region].code.lower()}/{part}"
            logs = _stream(_LOG_GROUP, name, (account, region), "logs", "platform", 14.0)
            # Debug logging left on for four days: the step that a movers list should lead with.
            left_on = (noisy, noisy + 4, 16.0) if (account, region, part) == ("shop", "ireland", "api") else None
            yield replace(logs, growth=0.4, rhythm="office", surge=left_on)
