"""The four costs of an AWS line.

==========================  ===========================================================================================
Cost                        Where it comes from
==========================  ===========================================================================================
billed                      unblended cost of every line, so that billed totals are the totals of the file
effective                   the amortised cost, by line type:

                            * SavingsPlanCoveredUsage: savings plan effective cost
                            * SavingsPlanRecurringFee: total commitment to date less used commitment
                            * SavingsPlanNegation, SavingsPlanUpfrontFee, Fee with a reservation ARN: 0
                            * DiscountedUsage: reservation effective cost
                            * RIFee: unused amortised upfront fee + unused recurring fee
                            * everything else: unblended cost
list                        public on-demand cost; null where the bill gives no public rate (Spot, fees)
contracted                  unblended cost, which is the contracted price of uncovered usage and, before its negation,
                            of usage a savings plan covers; public on-demand cost of usage a reservation covers; 0 for
                            negations and recurring commitment fees, whose usage has its contracted cost already
==========================  ===========================================================================================

The ``net`` columns (after negotiated discounts) make the effective cost only when every row of the file that needs one
has it: otherwise discount lines stand beside gross costs and a mixture would count the discount twice. A commitment's
fee and its covered lines are amortised together or not at all: a file without the amortisation columns keeps the
unblended cost.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.ingest.readers.aws_columns import CurSource
from workbench.ingest.readers.base import Check

__all__ = ["UNBLENDED", "Costs", "costs"]

UNBLENDED = "lineItem/UnblendedCost"

_PUBLIC_COST = "pricing/publicOnDemandCost"
_PUBLIC_RATE = "pricing/publicOnDemandRate"
_NET_UNBLENDED = "lineItem/NetUnblendedCost"


@dataclass(frozen=True, slots=True)
class Costs:
    """SQL of the costs of one row, in the row's billing currency."""

    billed: str
    effective: str
    contracted: str
    list: str
    stated_list: str  # as the file says it, for the control total


def costs(source: CurSource, line_type: str, reservation: str) -> Costs:
    """The costs of one file's rows.

    Args:
        source: the file.
        line_type: SQL of the line type.
        reservation: SQL of the reservation ARN, null where there is none.
    """
    unblended = source.money(UNBLENDED)
    public = source.money(_PUBLIC_COST)
    gross = _amortised(source, line_type, reservation, net=False)
    effective = gross
    if source.has(_NET_UNBLENDED):
        complete = _net_is_complete(source, line_type, reservation, unblended)
        net = _amortised(source, line_type, reservation, net=True)
        effective = f"CASE WHEN {complete} THEN {net} ELSE {gross} END"
        _report_partial_net(source, complete)
    _report_unknown(source, line_type, gross, unblended)
    return Costs(
        billed=unblended,
        effective=effective,
        contracted=(
            f"CASE WHEN {line_type} = 'DiscountedUsage' THEN {public}"
            f" WHEN {line_type} IN ('SavingsPlanNegation', 'SavingsPlanRecurringFee', 'RIFee') THEN 0"
            f" ELSE {unblended} END"
        ),
        list=_list_cost(source, public),
        stated_list=public,
    )


def _amortised(source: CurSource, line_type: str, reservation: str, *, net: bool) -> str:
    """Amortised cost by the table above; ``net`` takes the columns after negotiated discounts."""
    infix = "Net" if net else ""
    unblended = source.money(_NET_UNBLENDED if net else UNBLENDED)
    whens = [f"WHEN {line_type} = '{kind}' THEN {sql}" for kind, sql in _parts(source, infix).items()]
    if _amortises_reservations(source):
        whens.append(f"WHEN {line_type} = 'Fee' AND {reservation} IS NOT NULL THEN 0")
    return f"CASE {' '.join(whens)} ELSE {unblended} END" if whens else unblended


def _parts(source: CurSource, infix: str) -> dict[str, str]:
    """Line type → amortised cost, for the line types whose amortised cost is not the unblended cost."""
    parts: dict[str, str] = {}
    if source.has("savingsPlan/SavingsPlanEffectiveCost"):
        total = source.money("savingsPlan/TotalCommitmentToDate")
        used = source.money("savingsPlan/UsedCommitment")
        parts["SavingsPlanCoveredUsage"] = source.money(f"savingsPlan/{infix}SavingsPlanEffectiveCost")
        parts["SavingsPlanRecurringFee"] = f"{total} - {used}"
        parts["SavingsPlanNegation"] = parts["SavingsPlanUpfrontFee"] = "0"
    if _amortises_reservations(source):
        upfront = source.money(f"reservation/{infix}UnusedAmortizedUpfrontFeeForBillingPeriod")
        recurring = source.money(f"reservation/{infix}UnusedRecurringFee")
        parts["DiscountedUsage"] = source.money(f"reservation/{infix}EffectiveCost")
        # Either part may be absent (no upfront, all upfront); with neither the unused part is unknown.
        parts["RIFee"] = f"coalesce({upfront} + {recurring}, {upfront}, {recurring})"
    return parts


def _amortises_reservations(source: CurSource) -> bool:
    return source.has("reservation/EffectiveCost")


def _net_is_complete(source: CurSource, line_type: str, reservation: str, unblended: str) -> str:
    """SQL, one value a file: every row that needs a net cost has one, and they are not all fillers."""
    net = source.money(_NET_UNBLENDED)
    present = {kind: f"({sql}) IS NOT NULL" for kind, sql in _parts(source, "Net").items() if sql != "0"}
    if "RIFee" in present:
        upfront = source.money("reservation/NetUnusedAmortizedUpfrontFeeForBillingPeriod")
        recurring = source.money("reservation/NetUnusedRecurringFee")
        present["RIFee"] = f"{upfront} IS NOT NULL AND {recurring} IS NOT NULL"
    if "SavingsPlanRecurringFee" in present:
        # AWS gives no net form of an unused commitment: only a plan used in full has a net cost, 0.
        present["SavingsPlanRecurringFee"] = f"{_parts(source, '')['SavingsPlanRecurringFee']} = 0"
    whens = [f"WHEN {line_type} = '{kind}' THEN {sql}" for kind, sql in present.items()]
    whens.append(f"WHEN {line_type} IN ('SavingsPlanNegation', 'SavingsPlanUpfrontFee') THEN true")
    whens.append(f"WHEN {line_type} = 'Fee' AND {reservation} IS NOT NULL THEN true")
    row = f"CASE {' '.join(whens)} ELSE {net} IS NOT NULL END"
    return (
        f"(SELECT coalesce(bool_and(coalesce({row}, false)), false)"
        f" AND (coalesce(sum({net}), 0) <> 0 OR coalesce(sum({unblended}), 0) = 0) FROM {source.probe.relation})"
    )


def _list_cost(source: CurSource, public: str) -> str:
    if public == "NULL" or not source.has(_PUBLIC_RATE):
        return public
    # Old Parquet bills write 0 where there is no public price: 0 is a price only where a rate says so.
    return f"CASE WHEN {public} <> 0 OR {source.text(_PUBLIC_RATE)} IS NOT NULL THEN {public} END"


def _report_partial_net(source: CurSource, complete: str) -> None:
    net = source.money(_NET_UNBLENDED)
    source.add_check(
        Check(
            _NET_UNBLENDED,
            f"NOT {complete} AND coalesce({net}, 0) <> 0",
            net,
            "net costs are not given for every row; effective cost is taken before negotiated discounts",
            fatal=False,
            rule="net-cost-partial",
        )
    )


def _report_unknown(source: CurSource, line_type: str, effective: str, unblended: str) -> None:
    source.add_check(
        Check(
            UNBLENDED,
            f"{unblended} IS NULL",
            line_type,
            "line has no cost",
            fatal=False,
            rule="cost-missing",
        )
    )
    if effective != unblended:
        source.add_check(
            Check(
                UNBLENDED,
                f"{unblended} IS NOT NULL AND ({effective}) IS NULL",
                line_type,
                "commitment line without its amortised cost; effective cost is unknown",
                fatal=False,
                rule="amortised-cost-missing",
            )
        )
