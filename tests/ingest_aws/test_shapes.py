"""One bill in many spellings: text, Parquet, Athena, CUR 2.0 with maps; and text that is not quite regular."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from tests.support.aws_bill import RESERVATION, ask, athena_name, line, load, write_csv, write_parquet
from workbench.settings import Settings

LINES = [
    line("plain", **{"resourceTags/user:CostCenter": "C1", "resourceTags/aws:createdBy": "Root"}),
    line(
        "covered",
        **{
            "lineItem/LineItemType": "DiscountedUsage",
            "lineItem/UnblendedCost": "0",
            "reservation/ReservationARN": RESERVATION,
            "reservation/EffectiveCost": "7E-2",
        },
    ),
]
SUMS = [{"rows": 2, "billed": Decimal("0.1"), "effective": Decimal("0.17"), "commitments": 1}]
_SUMS = (
    "SELECT count(*) AS rows, sum(billed_cost) AS billed, sum(effective_cost) AS effective,"
    " count(commitment_discount_id) AS commitments FROM charges"
)
ATTRIBUTES = {
    "bill_bill_type": "Anniversary",
    "line_item_product_code": "AmazonEC2",
    "pricing_term": "OnDemand",
}
_NUMBERS = ("lineItem/UsageAmount", "lineItem/UnblendedCost", "pricing/publicOnDemandCost", "reservation/EffectiveCost")


def _documents(settings: Settings) -> dict[str, dict[str, object] | None]:
    [row] = ask(settings, "SELECT tags, sku_price_details, x_attributes FROM charges WHERE x_line_item_id = 'plain'")
    return {name: json.loads(text) if text else None for name, text in row.items()}


def test_csv_keeps_tag_keys_as_people_write_them(settings: Settings, tmp_path: Path) -> None:
    load(settings, write_csv(tmp_path / "bill.csv", LINES))
    assert ask(settings, _SUMS) == SUMS
    assert _documents(settings) == {
        "tags": {"CostCenter": "C1", "aws:createdBy": "Root"},
        "sku_price_details": {
            "product_name": "Amazon Elastic Compute Cloud",
            "instance_type": "m5.large",
            "region": "us-east-1",
        },
        "x_attributes": ATTRIBUTES,
    }


def test_parquet_says_the_same_in_lower_case(settings: Settings, tmp_path: Path) -> None:
    columns = {
        athena_name(name): (
            (pa.float64(), [float(one[name] or 0) for one in LINES])
            if name in _NUMBERS
            else (pa.string(), [one[name] for one in LINES])
        )
        for name in LINES[0]
    }
    assert "reservation_reservation_a_r_n" in columns
    [file] = load(settings, write_parquet(tmp_path / "bill.parquet", columns)).files
    assert (file.format, file.format_version) == ("aws-cur", "athena")
    assert ask(settings, _SUMS) == SUMS
    documents = _documents(settings)
    assert documents["tags"] == {"cost_center": "C1", "aws:created_by": "Root"}
    assert documents["x_attributes"] == ATTRIBUTES


def test_text_of_athena_is_separated_by_control_a(settings: Settings, tmp_path: Path) -> None:
    lines = [{athena_name(name): value for name, value in one.items()} for one in LINES]
    [file] = load(settings, write_csv(tmp_path / "000000_0.txt", lines, delimiter="\x01")).files
    assert (file.status, file.format) == ("loaded", "aws-cur"), file.reason
    assert ask(settings, _SUMS) == SUMS


def test_text_without_a_header_is_refused_with_what_to_do(settings: Settings, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "bill.txt", LINES, delimiter="\x01")
    path.write_text(path.read_text().partition("\n")[2])
    [file] = load(settings, path).files
    assert file.status == "refused"
    assert file.reason
    assert file.hint


def _cur2(kind: str) -> dict[str, tuple[pa.DataType, list[object]]]:
    """The lines as CUR 2.0: product, tags and cost categories in maps (Parquet) or JSON text (CSV)."""
    maps = {
        "product": [{"product_name": "Amazon Elastic Compute Cloud", "region": "us-east-1", "vcpu": "2"}] * 2,
        "resource_tags": [{"user_cost_center": "C1", "aws_created_by": "Root", "user_empty": ""}, {}],
        "cost_category": [{"Team": "Blue"}, {}],
        "discount": [{}, {}],
        "tags": [{"resourceTags/user_cost_center": "C1", "accountTag/stage": "prod"}, {}],
    }
    flat = [name for name in LINES[0] if not name.startswith(("product/", "resourceTags/"))]
    columns: dict[str, tuple[pa.DataType, list[object]]] = {
        athena_name(name): (
            (pa.float64(), [float(one[name]) if one[name] else None for one in LINES])
            if name in _NUMBERS
            else (pa.string(), [one[name] or None for one in LINES])
        )
        for name in flat
    }
    columns["bill_payer_account_name"] = (pa.string(), ["Payer", "Payer"])
    for name, values in maps.items():
        if kind == "map":
            columns[name] = (pa.map_(pa.string(), pa.string()), [list(value.items()) for value in values])
        else:
            columns[name] = (pa.string(), [json.dumps(value) for value in values])
    return columns


def _check_cur2(settings: Settings) -> None:
    assert ask(settings, _SUMS) == SUMS
    assert _documents(settings) == {
        "tags": {"cost_center": "C1", "aws:created_by": "Root", "accountTag/stage": "prod"},
        "sku_price_details": {
            "product_name": "Amazon Elastic Compute Cloud",
            "region": "us-east-1",
            "vcpu": "2",
        },
        "x_attributes": ATTRIBUTES | {"cost_category": {"Team": "Blue"}},
    }
    places = "SELECT DISTINCT region_id, service_name, service_category, billing_account_name FROM charges"
    assert ask(settings, places) == [
        {
            "region_id": "us-east-1",
            "service_name": "Amazon Elastic Compute Cloud",
            "service_category": "Compute",
            "billing_account_name": "Payer",
        }
    ]  # fmt: skip


def test_cur2_in_parquet_has_maps(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "data" / "BILLING_PERIOD=2026-05" / "export-00001.snappy.parquet"
    [file] = load(settings, write_parquet(path, _cur2("map"))).files
    assert (file.status, file.format, str(file.billing_month)) == ("loaded", "aws-cur2", "2026-05-01"), file.reason
    _check_cur2(settings)


def test_cur2_in_csv_has_json_text(settings: Settings, tmp_path: Path) -> None:
    columns = _cur2("json")
    lines = [
        {name: "" if values[row] is None else str(values[row]) for name, (_, values) in columns.items()}
        for row in range(2)
    ]
    [file] = load(settings, write_csv(tmp_path / "export-00001.csv.gz", lines)).files
    assert (file.status, file.format) == ("loaded", "aws-cur2"), file.reason
    _check_cur2(settings)


def test_rows_may_be_shorter_than_the_header(settings: Settings, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "bill.csv", [{**one, "pricing/OfferingClasspricing/PurchaseOption": ""} for one in LINES]
    )
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *(row.removesuffix(",") for row in rows)]) + "\n")
    [file] = load(settings, path).files
    assert file.status == "loaded", file.reason
    assert ask(settings, _SUMS) == SUMS


def test_a_cost_that_is_no_number_refuses_the_file_with_its_row(settings: Settings, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "bill.csv", [LINES[0], {**LINES[1], "lineItem/UnblendedCost": "free"}])
    [file] = load(settings, path).files
    assert file.status == "refused"
    [rejected] = file.rejected
    assert (rejected.row_number, rejected.column, rejected.value) == (3, "lineItem/UnblendedCost", "free")


def test_zeros_that_mean_nothing_are_not_kept(settings: Settings, tmp_path: Path) -> None:
    lines = [
        {**one, "reservation/UnusedQuantity": "0.0", "lineItem/BlendedCost": one["lineItem/UnblendedCost"]}
        for one in LINES
    ]
    load(settings, write_csv(tmp_path / "bill.csv", lines))
    rows = ask(settings, "SELECT x_line_item_id, x_attributes FROM charges ORDER BY 1")
    kept = {row["x_line_item_id"]: json.loads(row["x_attributes"]) for row in rows}
    assert "reservation_unused_quantity" not in kept["plain"]
    assert "line_item_blended_cost" not in kept["plain"]


def test_a_region_is_found_by_zone_or_location(settings: Settings, tmp_path: Path) -> None:
    lines = [
        line("zone", **{"product/region": "", "lineItem/AvailabilityZone": "ap-southeast-2b"}),
        line("local zone", **{"product/region": "", "lineItem/AvailabilityZone": "us-west-2-lax-1a"}),
        line("location", **{
            "product/region": "", "lineItem/AvailabilityZone": "", "product/location": "EU (Frankfurt)",
        }),
        line("nowhere", **{"product/region": "", "lineItem/AvailabilityZone": ""}),
    ]  # fmt: skip
    load(settings, write_csv(tmp_path / "bill.csv", lines, columns=[*LINES[0], "product/location"]))
    rows = ask(settings, "SELECT x_line_item_id, region_id, region_name FROM charges")
    assert {row["x_line_item_id"]: (row["region_id"], row["region_name"]) for row in rows} == {
        "zone": ("ap-southeast-2", "Asia Pacific (Sydney)"),
        "local zone": ("us-west-2", "US West (Oregon)"),
        "location": ("eu-central-1", "EU (Frankfurt)"),
        "nowhere": (None, None),
    }


def test_services_without_a_category_are_shown_under_other_and_reported(settings: Settings, tmp_path: Path) -> None:
    lines = [
        line("known", **{"lineItem/ProductCode": "AWSGlue", "product/ProductName": ""}),
        line("unknown", **{"lineItem/ProductCode": "8nyz", "product/ProductName": "A product of the marketplace"}),
    ]
    load(settings, write_csv(tmp_path / "bill.csv", lines))
    rows = ask(
        settings, "SELECT service_name, service_category, service_subcategory FROM charges ORDER BY x_line_item_id"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("AWS Glue", "Analytics", "Data Processing"),
        ("A product of the marketplace", "Other", "Other (Other)"),
    ]
    assert ask(settings, "SELECT rows FROM quality_findings WHERE rule = 'service-unmapped'") == [{"rows": 1}]
