"""``workbench catalog``: what machines are and cost, how old that is, and fetching current prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workbench.catalog import Catalog, InstanceType, Price, PriceMissing
    from workbench.catalog.state import CatalogState
    from workbench.catalog.update import UpdateReport

__all__ = ["register"]

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
_PRICES = ("Region", "Software", "Terms", "Price", "Currency", "For", "List of", "Source")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(name="catalog", help="Sizes and list prices, and how old they are.", no_args_is_help=True)
    group.command()(status)
    group.command()(show)
    group.command()(update)
    group.command()(prune)
    app.add_typer(group)


def status(
    region: Annotated[list[str] | None, typer.Option(help="Only prices of this region; may be given again.")] = None,
    json: _Json = False,
    csv: _Csv = False,
) -> None:
    """Say what the catalogue knows, from when its prices are, and whether they are old.

    Exit codes: 0 done.
    """
    import sys

    from workbench.catalog import load_catalog
    from workbench.catalog.state import OLD_AFTER_DAYS, catalog_state
    from workbench.cli.console import emit_json, remark
    from workbench.clock import today
    from workbench.export.rows import csv_text
    from workbench.settings import load_settings

    _one_format(json, csv)
    found = catalog_state(load_catalog(load_settings().home), today(), region or ())
    if json:
        emit_json({"old_after_days": OLD_AFTER_DAYS, **_state_document(found)})
    elif csv:
        rows = [_state_row(one) for one in found.prices]
        sys.stdout.write(csv_text(_STATE, rows))
    else:
        _print_state(found)
    for name in found.damaged:
        remark(f"{name} cannot be read and is left out; remove it and run: workbench catalog update")


def show(
    instance_type: Annotated[str, typer.Argument(metavar="TYPE", help="Such as m5.xlarge, db.r6g.large or gp3.")],
    region: Annotated[str | None, typer.Option(help="Only this region; default: all that list it.")] = None,
    os: Annotated[
        str | None, typer.Option("--os", help="Operating system, or engine of a database or cache; default: all.")
    ] = None,
    licence: Annotated[str, typer.Option(help="included or byol.")] = "included",
    deployment: Annotated[str, typer.Option(help="Of a database, such as multi-az.")] = "single-az",
    provider: Annotated[str | None, typer.Option(help="AWS or Azure; default: by the name.")] = None,
    history: Annotated[bool, typer.Option("--history", help="Every price known, not only the newest.")] = False,
    json: _Json = False,
    csv: _Csv = False,
) -> None:
    """Show what a size is and what an hour of it costs, each price with its day and source.

    Exit codes: 0 done, 1 the catalogue does not know the type. A price that is not known is said, never zero.
    """
    import sys

    from workbench.catalog import PriceMissing, load_catalog
    from workbench.cli.console import emit_json
    from workbench.errors import CannotRun
    from workbench.export.rows import csv_text
    from workbench.settings import load_settings

    _one_format(json, csv)
    catalog = load_catalog(load_settings().home)
    name = provider or ("Azure" if instance_type.lower().startswith(("standard_", "basic_")) else "AWS")
    facts = catalog.type(name, instance_type)
    answers = _answers(catalog, name, facts.instance_type if facts else instance_type, region, os, licence, deployment)
    if facts is None and all(isinstance(answer, PriceMissing) for _, answer in answers):
        raise CannotRun(
            f"The catalogue does not know {instance_type}",
            detail=_similar(catalog, name, instance_type),
            hint="Look for a misspelt name, or fetch newer prices with: workbench catalog update",
        )
    rows = [row for key, answer in answers for row in _price_rows(catalog, key, answer, history=history)]
    if json:
        emit_json({"type": facts, "prices": rows, "reserved_rates": _rates(catalog, name, instance_type, region, os)})
    elif csv:
        sys.stdout.write(csv_text(_COLUMNS, [[row[name] for name in _COLUMNS] for row in rows]))
    else:
        _print_type(facts, rows)


def update(
    service: Annotated[
        list[str] | None,
        typer.Option(help="ec2, rds, elasticache or ebs; may be given again; default: all four."),
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option(help="May be given again; default: the regions of AWS on the bill.")
    ] = None,
    endpoint: Annotated[str | None, typer.Option(help="Address of the Price List API, instead of that of AWS.")] = None,
    api_region: Annotated[
        str, typer.Option("--api-region", help="Region whose API is asked: us-east-1, eu-central-1 or ap-south-1.")
    ] = "us-east-1",
    json: _Json = False,
) -> None:
    """Fetch current list prices from the AWS Price List API; needs pricing:GetProducts.

    Each service and region is added whole or not at all. Earlier price lists are kept as history.

    Exit codes: 0 done, 1 nothing could be fetched, 2 wrong usage, 3 some lists are missing, 4 nothing new.
    """
    from workbench.catalog.price_list import OFFERS
    from workbench.catalog.update import update_prices
    from workbench.cli.console import emit_json, remark, watch
    from workbench.clock import now
    from workbench.settings import load_settings

    settings = load_settings()
    regions = region or list(_billed(settings))
    with watch(quiet=json) as progress:
        report = update_prices(
            settings.home,
            service or list(OFFERS),
            regions,
            progress,
            moment=now(),
            endpoint=endpoint,
            api_region=api_region,
        )
    if json:
        emit_json({"asked": report.asked, "interrupted": report.interrupted, "lists": report.lists})
    else:
        _print_update(report)
    if report.interrupted:
        remark(f"Interrupted; {len(report.lists)} of {report.asked} price lists are kept")
    raise typer.Exit(report.exit_code)


def prune(
    keep: Annotated[int, typer.Option(min=1, help="How many lists of each service and region stay.")] = 3,
    json: _Json = False,
) -> None:
    """Remove old price lists; the newest of each service and region always stays.

    Exit codes: 0 done, 4 there was nothing to remove.
    """
    from workbench.catalog.kept import prune as remove
    from workbench.cli.console import emit_json
    from workbench.errors import StorageError
    from workbench.formats import plural
    from workbench.settings import load_settings

    home = load_settings().home
    try:
        removed = remove(home, keep)
    except OSError as error:
        raise StorageError("A price list cannot be removed", detail=str(error)) from error
    if json:
        emit_json({"removed": [one.path.name for one in removed]})
    else:
        print(f"Removed {plural(len(removed), 'price list')}")
    if not removed:
        raise typer.Exit(4)


# Status

_STATE = ("service", "types", "prices", "regions", "newest", "oldest", "age_days", "old", "state")


def _state_row(one: Any) -> list[Any]:
    return [getattr(one, name) for name in _STATE]


def _state_document(found: CatalogState) -> dict[str, Any]:
    return {
        "today": found.today,
        "types": [{"provider": p, "service": s, "types": n} for p, s, n in found.types],
        "prices": [dict(zip(_STATE, _state_row(one), strict=True)) for one in found.prices],
        "updates": found.updates,
        "updated_at": found.updated_at,
        "damaged": found.damaged,
        "unpriced_regions": found.unpriced_regions,
    }


def _print_state(found: CatalogState) -> None:
    from workbench.catalog.state import OLD_AFTER_DAYS
    from workbench.cli.console import print_table, remark
    from workbench.formats import count, plural, timestamp

    print_table(
        ("Provider", "Of", "Types known"), [(p, s, count(n)) for p, s, n in found.types], right=("Types known",)
    )
    print_table(
        ("Prices of", "Types", "Prices", "Regions", "Newest", "Oldest", "Age", "State"),
        [
            (
                one.service,
                count(one.types),
                count(one.prices),
                count(one.regions),
                one.newest,
                one.oldest,
                plural(one.age_days, "day"),
                one.state,
            )
            for one in found.prices
        ],
        right=("Types", "Prices", "Regions"),
    )
    if found.updated_at is None:
        remark("No prices were fetched from AWS yet: all are from the files that come with the workbench")
    else:
        remark(f"{plural(found.updates, 'price list')} fetched from AWS, the newest {timestamp(found.updated_at)}")
    if found.unpriced_regions:
        remark(f"No price of a machine is known in {', '.join(found.unpriced_regions)}")
    if found.old:
        remark(f"Prices older than {OLD_AFTER_DAYS} days are old; fetch current ones with: workbench catalog update")


# Show

_COLUMNS = (
    "provider", "instance_type", "region", "software", "terms", "status", "amount", "currency", "unit", "price_date",
    "source", "reason",
)  # fmt: skip


def _answers(
    catalog: Catalog,
    provider: str,
    instance_type: str,
    region: str | None,
    os: str | None,
    licence: str,
    deployment: str,
) -> list[tuple[dict[str, str], Price | PriceMissing]]:
    """Price or its absence for every key that fits what was asked, in the order of regions."""
    from workbench.catalog.lookup import deployment_name

    service = _service(instance_type)
    option = {"compute": licence, "database": deployment_name(deployment)}.get(service, "")
    if service == "database" and licence != "included":
        option += f"-{licence}"
    keys = catalog.keys_of(instance_type, os if service != "storage" else None)
    chosen = [(place, name) for place, name, terms in keys if terms == option and region in (None, place)]
    found = []
    for place, name in chosen or [(region or "", os or ("linux" if service == "compute" else ""))]:
        # Without a region to ask for, a region that lists the type says best why nothing fits.
        asked = place or next((other for other, *_ in keys), "any")
        if service == "storage":
            answer = catalog.storage_price(provider, asked, instance_type)
        else:
            answer = catalog.price(provider, asked, instance_type, name, option)
        key = {"provider": provider, "instance_type": instance_type, "region": place, "software": name, "terms": option}
        found.append((key, answer))
    return found


def _service(name: str) -> str:
    from workbench.catalog.lookup import service_of
    from workbench.catalog.sources import STORAGE_ITEMS

    return "storage" if name in {item.name for item in STORAGE_ITEMS} else service_of(name)


def _price_rows(
    catalog: Catalog, key: dict[str, str], answer: Price | PriceMissing, *, history: bool
) -> list[dict[str, Any]]:
    from workbench.catalog.facts import PriceMissing
    from workbench.catalog.sources import read_history

    if isinstance(answer, PriceMissing):
        blank = dict.fromkeys(("amount", "currency", "unit", "price_date", "source"))
        return [{**key, "status": answer.status, **blank, "reason": answer.reason}]
    prices: list[dict[str, Any]] = [
        {
            "amount": answer.amount,
            "currency": answer.currency,
            "unit": answer.unit,
            "price_date": answer.as_of,
            "source": answer.source,
        }
    ]
    if history:
        wanted = {
            "service": _service(key["instance_type"]),
            "region": key["region"],
            "instance_type": key["instance_type"],
            "variant": key["software"],
            "option": key["terms"],
        }
        prices = read_history(catalog.lists, wanted).to_pylist()
    return [{**key, "status": "ok", **one, "reason": None} for one in prices]


def _rates(
    catalog: Catalog, provider: str, instance_type: str, region: str | None, os: str | None
) -> list[dict[str, Any]]:
    """Reserved rates in one region; none without a region, there are too many."""
    from workbench.catalog.facts import provider_name
    from workbench.catalog.lookup import operating_system_name

    if region is None or provider_name(provider) != "AWS":
        return []
    system = operating_system_name(os or "linux")
    wanted = {"region": region, "instance_type": instance_type, "operating_system": system}
    return [row for row in catalog.rate_rows.to_pylist() if wanted.items() <= row.items()]


def _print_type(facts: InstanceType | None, rows: list[dict[str, Any]]) -> None:
    from workbench.cli.console import print_table, remark

    if facts is None:
        remark("Only prices are known of this type, not what it is")
    else:
        print_table(("Fact", "Value"), [(name, text) for name, text in _facts(facts) if text is not None])
    known = [row for row in rows if row["status"] == "ok"]
    if known:
        print_table(
            _PRICES,
            [
                (
                    row["region"],
                    row["software"] or None,
                    row["terms"] or None,
                    f"{row['amount'].normalize():f}",
                    row["currency"],
                    f"1 {row['unit']}",
                    row["price_date"],
                    row["source"],
                )
                for row in known
            ],
            right=("Price",),
        )
    for row in rows:
        if row["status"] != "ok":
            asked = ", ".join(part for part in (row["region"], row["software"], row["terms"]) if part)
            print(f"No price is known ({asked}): {row['reason']}")


def _facts(one: InstanceType) -> list[tuple[str, object]]:
    from workbench.formats import quantity

    def rate(value: float | None, unit: str) -> str | None:
        return None if value is None else quantity(value, unit)

    return [
        ("Type", one.instance_type),
        ("Provider", one.provider),
        ("Family", one.family),
        ("vCPU", None if one.vcpu is None else f"{one.vcpu:g}"),
        ("Memory", None if one.memory_mib is None else f"{one.memory_mib / 1024:g} GiB"),
        ("Architecture", one.architecture),
        ("Processor of", one.manufacturer),
        ("Sold as current", None if one.current_generation is None else "yes" if one.current_generation else "no"),
        ("CPU baseline", None if one.baseline_percent is None else f"{one.baseline_percent:g} % of each vCPU"),
        ("Network, sustained", rate(one.network_mbps, "Mbit/s")),
        ("Block storage, sustained", rate(one.ebs_mbps, "Mbit/s")),
        ("Block storage operations", rate(one.ebs_iops, "IOPS")),
        ("GPUs", f"{one.gpu_count} x {one.gpu_name or 'unnamed'}" if one.gpu_count else None),
        ("Local disk", rate(one.local_disk_gb, "GB") if one.local_disk_gb else None),
        ("Hypervisor", one.hypervisor),
        ("Facts from", f"{one.source}, {one.as_of}"),
    ]


def _similar(catalog: Catalog, provider: str, instance_type: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(instance_type, [one.instance_type for one in catalog.types(provider)], 3)
    return f"Similar: {', '.join(near)}" if near else ""


# Update


def _billed(settings: Any) -> tuple[str, ...]:
    from workbench.catalog.state import billed_regions
    from workbench.errors import SnapshotMissing
    from workbench.postgres import open_data

    try:
        with open_data(settings) as data:
            return billed_regions(data.engine)
    except SnapshotMissing:
        return ()


def _print_update(report: UpdateReport) -> None:
    from workbench.cli.console import print_table, remark
    from workbench.formats import count

    print_table(
        ("Service", "Region", "Status", "Prices", "New", "Changed", "Rates", "List of", "Remark"),
        [
            (
                one.service,
                one.region,
                one.status,
                count(one.prices),
                count(one.new),
                count(one.changed),
                count(one.rates),
                one.price_date,
                one.reason or _remarks(one) or None,
            )
            for one in report.lists
        ],
        right=("Prices", "New", "Changed", "Rates"),
    )
    for hint in dict.fromkeys(one.hint for one in report.lists if one.hint):
        remark(hint)
    if report.count("added"):
        remark("Lookups use the new prices now; the tables of a snapshot get them with the next load")


def _remarks(one: Any) -> str:
    from workbench.formats import plural

    parts = []
    if one.unpriced:
        parts.append(f"{plural(one.unpriced, 'product')} without a price")
    if one.ambiguous:
        parts.append(f"{plural(one.ambiguous, 'key')} left out: listed with different prices")
    return "; ".join(parts)


def _one_format(json: bool, csv: bool) -> None:
    if json and csv:
        raise typer.BadParameter("--json and --csv cannot be given together")
