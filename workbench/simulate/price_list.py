"""The demo provider's price list: services of AWS with rounded list prices, the customer's negotiated discount beside.

Prices are integers in 1e-8 of a dollar and quantities in 1e-4 of a unit, so that price times quantity is an exact
integer in 1e-12, the scale of money in ``charges``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["MONEY_UNITS", "PRICE_UNITS", "QUANTITY_UNITS", "REGIONS", "SERVICES", "Region", "Service", "Sku", "sku"]

PRICE_UNITS, QUANTITY_UNITS, MONEY_UNITS = 10**8, 10**4, 10**12


@dataclass(frozen=True, slots=True)
class Region:
    """``factor`` is the price level in percent of the cheapest region."""

    id: str | None
    name: str | None
    code: str
    factor: int


@dataclass(frozen=True, slots=True)
class Service:
    """A service with its fixed place in the FOCUS taxonomy."""

    name: str
    category: str
    subcategory: str
    code: str


@dataclass(frozen=True, slots=True)
class Sku:
    """One priced item in one region: prices in 1e-8 dollars a ``unit``."""

    service: Service
    region: Region
    usage_type: str
    operation: str
    description: str
    unit: str
    list_price: int
    contracted_price: int
    pricing_category: str
    details: str | None

    @property
    def id(self) -> str:
        """SkuId: the item in its region, whatever its price."""
        return f"{self.service.code}-{self.usage_type}"

    @property
    def price_id(self) -> str:
        """SkuPriceId: one price of the item."""
        return f"{self.id}-{self.pricing_category.lower()}-{self.list_price}"


REGIONS = {
    "virginia": Region("us-east-1", "US East (N. Virginia)", "USE1", 100),
    "ireland": Region("eu-west-1", "Europe (Ireland)", "EUW1", 107),
    "sydney": Region("ap-southeast-2", "Asia Pacific (Sydney)", "APS2", 120),
    "global": Region(None, None, "Global", 100),
}

SERVICES = {
    "ec2": Service("Amazon Elastic Compute Cloud", "Compute", "Virtual Machines", "AmazonEC2"),
    "ebs": Service("Amazon Elastic Block Store", "Storage", "Block Storage", "AmazonEBS"),
    "s3": Service("Amazon Simple Storage Service", "Storage", "Object Storage", "AmazonS3"),
    "rds": Service("Amazon Relational Database Service", "Databases", "Relational Databases", "AmazonRDS"),
    "cache": Service("Amazon ElastiCache", "Databases", "Caching", "AmazonElastiCache"),
    "dynamodb": Service("Amazon DynamoDB", "Databases", "NoSQL Databases", "AmazonDynamoDB"),
    "lambda": Service("AWS Lambda", "Compute", "Serverless Compute", "AWSLambda"),
    "elb": Service("Elastic Load Balancing", "Networking", "Application Networking", "AWSELB"),
    "vpc": Service("Amazon Virtual Private Cloud", "Networking", "Network Connectivity", "AmazonVPC"),
    "cloudfront": Service("Amazon CloudFront", "Networking", "Content Delivery", "AmazonCloudFront"),
    "glue": Service("AWS Glue", "Analytics", "Data Processing", "AWSGlue"),
    "redshift": Service("Amazon Redshift", "Databases", "Data Warehouses", "AmazonRedshift"),
    "cloudwatch": Service("Amazon CloudWatch", "Management and Governance", "Observability", "AmazonCloudWatch"),
    "bedrock": Service("Amazon Bedrock", "AI and Machine Learning", "Generative AI", "AmazonBedrock"),
    "support": Service("AWS Support (Business)", "Management and Governance", "Support", "AWSSupportBusiness"),
}

# What is sold besides machines: item, service, usage type, operation, description, unit, list price in the cheapest
# region.
_PRICE_LIST = """
egress | ec2 | DataTransfer-Out-Bytes | RunInstances | Data transfer to the internet | GB | 0.09
gp3 | ebs | EBS:VolumeUsage.gp3 | CreateVolume-Gp3 | gp3 storage | GB-Months | 0.08
gp2 | ebs | EBS:VolumeUsage.gp2 | CreateVolume-Gp2 | gp2 storage | GB-Months | 0.10
snapshot | ebs | EBS:SnapshotUsage | CreateSnapshot | Snapshot storage | GB-Months | 0.05
s3-storage | s3 | TimedStorage-ByteHrs | StandardStorage | Standard storage | GB-Months | 0.023
s3-requests | s3 | Requests-Tier1 | PutObject | Write requests | Requests | 0.000005
db.r6g.xlarge | rds | InstanceUsage:db.r6g.xlarge | CreateDBInstance:0014 | PostgreSQL db.r6g.xlarge | Hours | 0.45
db.m6g.large | rds | InstanceUsage:db.m6g.large | CreateDBInstance:0014 | PostgreSQL db.m6g.large | Hours | 0.159
db-storage | rds | RDS:GP3-Storage | CreateDBInstance:0014 | Database storage | GB-Months | 0.115
cache.r6g.large | cache | NodeUsage:cache.r6g.large | CreateCacheCluster:0002 | Redis cache.r6g.large | Hours | 0.206
ddb-read | dynamodb | ReadRequestUnits | GetItem | Read request units | Requests | 0.00000025
ddb-write | dynamodb | WriteRequestUnits | PutItem | Write request units | Requests | 0.00000125
lambda-time | lambda | Lambda-GB-Second | Invoke | Function duration | GB-Seconds | 0.00001667
alb | elb | LoadBalancerUsage | LoadBalancing:Application | Load balancer hours | Hours | 0.0225
lcu | elb | LCUUsage | LoadBalancing:Application | Load balancer capacity units | LCU-Hours | 0.008
nat | vpc | NatGateway-Hours | NatGateway | NAT gateway hours | Hours | 0.045
nat-bytes | vpc | NatGateway-Bytes | NatGateway | Data processed by NAT gateways | GB | 0.045
cdn | cloudfront | DataTransfer-Out-Bytes | GET | Data delivered | GB | 0.085
glue-dpu | glue | ETL-DPU-Hour | Jobrun | Job hours | DPU-Hours | 0.44
ra3.4xlarge | redshift | Node:ra3.4xlarge | RunComputeNode:0001 | ra3.4xlarge node hours | Hours | 3.26
logs | cloudwatch | DataProcessing-Bytes | PutLogEvents | Log ingestion | GB | 0.50
tokens-in | bedrock | InputTokenCount | InvokeModel | Input tokens | 1000 Tokens | 0.003
tokens-out | bedrock | OutputTokenCount | InvokeModel | Output tokens | 1000 Tokens | 0.015
tokens-out-2026 | bedrock | OutputTokenCount | InvokeModel | Output tokens | 1000 Tokens | 0.0125
"""
_ROWS = ([cell.strip() for cell in line.split("|")] for line in _PRICE_LIST.strip().splitlines())
_ITEMS = {item: cells for item, *cells in _ROWS}

# Machine types: list price of an hour, processors, gigabytes of memory.
_MACHINES = {
    "m6i.xlarge": ("0.192", 4, 16),
    "m6i.2xlarge": ("0.384", 8, 32),
    "c6i.2xlarge": ("0.34", 8, 16),
    "r6i.2xlarge": ("0.504", 8, 64),
    "t3.large": ("0.0832", 2, 8),
    "m7g.large": ("0.0816", 2, 8),
}

_NEGOTIATED_PERCENT = 96
_SPOT_PERCENT = 34


def sku(item: str, region: str, *, spot: bool = False) -> Sku:
    """The priced item in a region; ``spot`` is the provider's spare capacity, sold under Dynamic pricing."""
    details = None
    if item in _MACHINES:
        price, cores, memory = _MACHINES[item]
        service, usage_type, operation = "ec2", f"{'Spot' if spot else 'Box'}Usage:{item}", "RunInstances"
        description, unit = f"Linux {item} instance hours", "Hours"
        details = json.dumps(
            {"InstanceType": item, "OperatingSystem": "Linux", "CoreCount": cores, "MemorySize": memory}
        )
    else:
        service, usage_type, operation, description, unit, price = _ITEMS[item]
    where = REGIONS[region]
    list_price = int(Decimal(price) * PRICE_UNITS) * where.factor // 100
    return Sku(
        service=SERVICES[service],
        region=where,
        usage_type=f"{where.code}-{usage_type}",
        operation=operation + (":SV" if spot else ""),
        description=description + (" (spot)" if spot else ""),
        unit=unit,
        list_price=list_price,
        contracted_price=list_price * (_SPOT_PERCENT if spot else _NEGOTIATED_PERCENT) // 100,
        pricing_category="Dynamic" if spot else "Standard",
        details=details,
    )
