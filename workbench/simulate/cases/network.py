"""Load balancers, addresses and gateways."""

from __future__ import annotations

from workbench.simulate.cases.kit import Case, Pick

__all__ = ["CASES"]

CASES: tuple[Case, ...] = (
    Case(
        "lb_idle", "load_balancers",
        (
            Pick("positive", "No request in a week", profile={"requests": "0"}, share=0.03, least=4),
            Pick("positive", "Fewer than one request a day", profile={"requests": "0.4"}, least=2),
            Pick("near_miss", "A few requests a day", profile={"requests": "3.5"}),
            Pick("unknown", "Requests are not known", profile={"requests": "NULL"}),
        ),
    ),
    Case(
        "eip_unattached", "elastic_ips",
        (
            Pick("positive", "Attached to nothing",
                 sets={"state": "'unassociated'", "associated_instance_id": "NULL", "associated_lb_arn": "NULL"},
                 share=0.06, least=5),
            Pick("excluded", "optimization_policy is ignore",
                 sets={"state": "'unassociated'", "associated_instance_id": "NULL", "associated_lb_arn": "NULL",
                       "optimization_policy": "'ignore'"}, least=2),
        ),
    ),
    Case(
        "nat_idle", "nat_gateways",
        (
            Pick("positive", "No traffic in a week", profile={"network": "0"}, share=0.05),
            Pick("near_miss", "A gigabyte and a half a day", profile={"network": "0.0175"}),
            Pick("unknown", "Traffic is not known", profile={"network": "NULL"}, least=2),
        ),
        eligible="r.state = 'available'",
    ),
)  # fmt: skip
