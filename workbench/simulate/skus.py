"""The price list: every item that the simulated bill is made of, with its list price in each region.

Prices of machines, databases, caches and block storage are the published ones of ``data/reference`` (its README gives
source and day). ``_ITEMS`` holds the rest: list prices of us-east-1 as generally known in 2025, and a factor for other
regions. They are good enough for an invented bill and serve nothing else.
"""

from __future__ import annotations

import csv

import duckdb

from workbench.schema.model import literal
from workbench.settings import PROJECT_ROOT

__all__ = ["CODES", "REGION_FACTORS", "create_skus"]

REGION_FACTORS = {
    "us-east-1": "1.00", "us-west-2": "1.00", "eu-west-1": "1.09", "eu-central-1": "1.15", "ap-southeast-2": "1.22",
}  # fmt: skip
"""Price level of items without regional prices, against us-east-1."""

CODES = {
    "us-east-1": "USE1", "us-west-2": "USW2", "eu-west-1": "EUW1", "eu-central-1": "EUC1", "ap-southeast-2": "APS2",
}  # fmt: skip
"""Short code of a region in usage types."""

_REFERENCE = PROJECT_ROOT / "data" / "reference"

# Service code | usage type | operation | description | unit | USD in us-east-1
_ITEMS = """
AmazonEC2|DataTransfer-Regional-Bytes|InterZone|Data transfer between availability zones|GB|0.01
AmazonEC2|AWS-Out-Bytes|InterRegion|Data transfer to another region|GB|0.02
AmazonEC2|DataTransfer-Out-Bytes|RunInstances|Data transfer to the internet|GB|0.09
AmazonEC2|ElasticIP:IdleAddress|AssociateAddressVPC|Address that is on nothing|Hours|0.005
AmazonVPC|NatGateway-Hours|NatGateway|NAT gateway|Hours|0.045
AmazonVPC|NatGateway-Bytes|NatGateway|Data processed by a NAT gateway|GB|0.045
AWSELB|LoadBalancerUsage/application|LoadBalancing:Application|Application load balancer|Hours|0.0225
AWSELB|LoadBalancerUsage/network|LoadBalancing:Network|Network load balancer|Hours|0.0225
AWSELB|LCUUsage/application|LoadBalancing:Application|Capacity units of an application load balancer|LCU-Hours|0.008
AWSELB|LCUUsage/network|LoadBalancing:Network|Capacity units of a network load balancer|LCU-Hours|0.006
AmazonS3|TimedStorage-ByteHrs|StandardStorage|Standard storage|GB-Mo|0.023
AmazonS3|TimedStorage-SIA-ByteHrs|StandardIAStorage|Infrequent-access storage|GB-Mo|0.0125
AmazonS3|TimedStorage-GlacierByteHrs|GlacierStorage|Archive storage|GB-Mo|0.004
AmazonS3|Requests-Tier2|GetObject|Read requests|Requests|0.0000004
AmazonRDS|RDS:GP3-Storage|CreateDBInstance|Database storage|GB-Mo|0.115
AmazonRDS|RDS:Multi-AZ-GP3-Storage|CreateDBInstance|Database storage in two zones|GB-Mo|0.23
AWSLambda|Lambda-GB-Second|Invoke|Duration of functions|GB-Seconds|0.0000166667
AWSLambda|Request|Invoke|Calls of functions|Requests|0.0000002
AWSLambda|Lambda-Provisioned-Concurrency|Provisioned|Environments kept warm|GB-Seconds|0.0000041667
AmazonCloudWatch|DataProcessing-Bytes|PutLogEvents|Logs taken in|GB|0.50
AmazonCloudWatch|TimedStorage-ByteHrs|HourlyStorageMetering|Logs stored|GB-Mo|0.03
AmazonEKS|AmazonEKS-Hours:perCluster|CreateOperation|Kubernetes control plane|Hours|0.10
AmazonES|ESInstance:r6g.large.search|ESDomain|r6g.large.search nodes|Hours|0.167
AmazonES|ESInstance:m6g.large.search|ESDomain|m6g.large.search nodes|Hours|0.128
AmazonES|ESInstance:r6g.xlarge.search|ESDomain|r6g.xlarge.search nodes|Hours|0.335
AmazonSageMaker|Host:ml.m5.xlarge|RunInstance|ml.m5.xlarge endpoint|Hours|0.23
AmazonSageMaker|Host:ml.m5.2xlarge|RunInstance|ml.m5.2xlarge endpoint|Hours|0.461
AmazonSageMaker|Host:ml.g4dn.xlarge|RunInstance|ml.g4dn.xlarge endpoint|Hours|0.7364
AmazonRedshift|Node:ra3.xlplus|RunComputeNode:0001|ra3.xlplus nodes|Hours|1.086
AmazonRedshift|Node:ra3.4xlarge|RunComputeNode:0001|ra3.4xlarge nodes|Hours|3.26
AmazonDocDB|InstanceUsage:db.r5.large|CreateDBInstance|db.r5.large instances|Hours|0.277
AmazonDocDB|InstanceUsage:db.r6g.large|CreateDBInstance|db.r6g.large instances|Hours|0.2637
AmazonMQ|mq.m5.large|CreateBroker:0001|mq.m5.large brokers|Hours|0.288
AmazonMQ|mq.m5.xlarge|CreateBroker:0001|mq.m5.xlarge brokers|Hours|0.576
AmazonKinesis|Storage-ShardHour|shardHourStorage|Shards|Hours|0.015
AmazonKinesis|Extended-ShardHour|ExtendedRetention|Shards that keep records longer than a day|Hours|0.02
AmazonMSK|Kafka.m5.large|RunBroker|kafka.m5.large brokers|Hours|0.21
AmazonDynamoDB|ReadRequestUnits|GetItem|Read request units|Requests|0.000000125
AmazonDynamoDB|WriteRequestUnits|PutItem|Write request units|Requests|0.000000625
AmazonCloudFront|DataTransfer-Out-Bytes|GET|Data delivered|GB|0.085
AmazonRoute53|DNS-Queries|A|Queries answered|Queries|0.0000004
awskms|KMS-Requests|GenerateDataKey|Key requests|Requests|0.000003
AmazonGuardDuty|PaidEventsAnalyzed|VPCFlowLogs|Flow logs analysed|GB|1.00
AWSConfig|ConfigurationItemRecorded|RecordItem|Configuration items recorded|ConfigurationItems|0.003
AmazonAthena|DataScannedInTB|ExecuteQuery|Data scanned by queries|TB|5.00
AWSGlue|ETL-DPU-Hour|Jobrun|Job hours|DPU-Hours|0.44
AmazonBedrock|InputTokenCount|InvokeModel|Input tokens|1000 Tokens|0.003
AmazonBedrock|OutputTokenCount|InvokeModel|Output tokens|1000 Tokens|0.015
AWSQueueService|Requests-Tier1|SendMessage|Queue requests|Requests|0.0000004
"""
_EBS = {
    "gp2": "Storage General Purpose gp2 GB Mo",
    "gp3": "Storage General Purpose gp3 GB Mo",
    "io1": "Storage Provisioned IOPS io1 GB Mo",
    "io2": "Storage Provisioned IOPS io2 GB month",
    "st1": "Storage Throughput Optimized HDD st1 GB Mo",
    "sc1": "Storage Cold HDD sc1 GB Mo",
}
_IOPS = {
    "io1": "Provisioned EBS IOPS io1 Volumes per IOPS Mo",
    "io2": "Provisioned EBS IOPS io2 Volumes per IOPS Mo",
}
_ENGINES = {"postgres": ("postgresql", "0014"), "mysql": ("mysql", "0002"), "mariadb": ("mariadb", "0018")}


def create_skus(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``skus`` and ``unit_prices``.

    ``skus``: ``sku`` (service code/usage type, which ``usage_adjustments`` names), service, usage type, operation,
    description, unit, details. ``unit_prices``: sku x region → ``list_price`` in USD a unit, exact.
    """
    codes = " UNION ALL ".join(f"SELECT '{region}' AS region, '{code}' AS code" for region, code in CODES.items())
    factors = " ".join(f"WHEN '{region}' THEN {factor}" for region, factor in REGION_FACTORS.items())
    connection.execute(
        f"""
        CREATE TEMP TABLE region_codes AS {codes};
        CREATE TEMP TABLE skus (sku VARCHAR, service_code VARCHAR, usage_type VARCHAR, operation VARCHAR,
                                description VARCHAR, unit VARCHAR, details VARCHAR);
        CREATE TEMP TABLE unit_prices (sku VARCHAR, region VARCHAR, list_price DECIMAL(18, 10));
        """
    )
    rows = [line.split("|") for line in _ITEMS.strip().splitlines()]
    items = ", ".join("(" + ", ".join(literal(cell) for cell in row) + ")" for row in rows)
    connection.execute(
        f"""
        CREATE TEMP TABLE items (service, usage, operation, description, unit, price) AS FROM (VALUES {items});
        INSERT INTO skus
        SELECT service || '/' || usage, service, split_part(usage, '/', 1), operation, description, unit, NULL
            FROM items;
        INSERT INTO unit_prices
        SELECT service || '/' || usage, region,
               (price::DECIMAL(18, 10) * CASE region {factors} END)::DECIMAL(18, 10)
        FROM items, region_codes;
        DROP TABLE items
        """
    )
    _machines(connection)
    _databases(connection)
    _volumes(connection)


def _read(name: str) -> str:
    return f"read_csv({literal(str(_REFERENCE / name))}, all_varchar = true)"


def _machines(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""
        CREATE TEMP TABLE machine_prices AS
        SELECT p.region, p.instance_type, p.price_usd_hour::DECIMAL(18, 10) AS price, t.vcpu::INT AS vcpu,
               t.memory_mib::INT AS memory_mib
        FROM {_read("aws_instance_prices.csv")} p JOIN {_read("aws_instance_types.csv")} t USING (instance_type)
        WHERE p.operating_system = 'linux' AND p.region IN (SELECT region FROM region_codes);
        INSERT INTO skus
        SELECT DISTINCT 'AmazonEC2/' || kind || ':' || instance_type, 'AmazonEC2', kind || ':' || instance_type,
               'RunInstances' || if(kind = 'SpotUsage', ':SV', ''),
               'Linux ' || instance_type || if(kind = 'SpotUsage', ' on spare capacity', ''), 'Hours',
               concat('{{"InstanceType":"', instance_type, '","OperatingSystem":"Linux","CoreCount":', vcpu,
                      ',"MemorySize":', memory_mib // 1024, '}}')
        FROM machine_prices, (SELECT unnest(['BoxUsage', 'SpotUsage']) AS kind);
        INSERT INTO unit_prices
        SELECT 'AmazonEC2/' || kind || ':' || instance_type, region, price
        FROM machine_prices, (SELECT unnest(['BoxUsage', 'SpotUsage']) AS kind);
        """
    )


def _databases(connection: duckdb.DuckDBPyConnection) -> None:
    """Databases by engine and deployment, caches by engine: one usage type has a price for each."""
    engines = ", ".join(f"('{ours}', '{listed}', '{operation}')" for ours, (listed, operation) in _ENGINES.items())
    connection.execute(
        f"""
        CREATE TEMP TABLE priced AS
        SELECT 'AmazonRDS/' || kind || ':' || p.instance_type || '/' || ours AS sku, 'AmazonRDS' AS service,
               kind || ':' || p.instance_type AS usage_type, 'CreateDBInstance:' || operation AS operation,
               ours || ' ' || p.instance_type || if(kind = 'InstanceUsage', '', ' in two zones') AS description,
               region, price_usd_hour::DECIMAL(18, 10) AS price
        FROM {_read("aws_database_prices.csv")} p
        JOIN (VALUES {engines}) e(ours, listed, operation) ON e.listed = p.engine
        JOIN (VALUES ('Single-AZ', 'InstanceUsage'), ('Multi-AZ', 'Multi-AZUsage')) k(deployment, kind)
          ON k.deployment = p.deployment
        WHERE region IN (SELECT region FROM region_codes)
        UNION ALL
        SELECT 'AmazonElastiCache/NodeUsage:' || instance_type || '/' || engine, 'AmazonElastiCache',
               'NodeUsage:' || instance_type, 'CreateCacheCluster:' || engine, engine || ' ' || instance_type,
               region, price_usd_hour::DECIMAL(18, 10)
        FROM {_read("aws_cache_prices.csv")} WHERE region IN (SELECT region FROM region_codes);
        INSERT INTO skus SELECT DISTINCT sku, service, usage_type, operation, description, 'Hours', NULL FROM priced;
        INSERT INTO unit_prices SELECT sku, region, price FROM priced;
        DROP TABLE priced
        """
    )


def _volumes(connection: duckdb.DuckDBPyConnection) -> None:
    items = [(f"EBS:VolumeUsage.{kind}", f"{kind} storage", "GB-Mo", item) for kind, item in _EBS.items()]
    items += [
        (f"EBS:VolumeP-IOPS.{kind}", f"{kind} operations provisioned", "IOPS-Mo", item) for kind, item in _IOPS.items()
    ]
    items.append(("EBS:SnapshotUsage", "Snapshot storage", "GB-Mo", "Storage Snapshot Amazon S3 GB Mo"))
    listed: dict[tuple[str, str], str] = {}
    with (_REFERENCE / "aws_storage_prices.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            listed[row["item"], row["region"]] = row["price_usd"]
    rows = [
        (f"AmazonEC2/{usage_type}", usage_type, description, unit, region, listed[item, region])
        for usage_type, description, unit, item in items
        for region in CODES
    ]
    values = ", ".join("(" + ", ".join(literal(cell) for cell in row) + ")" for row in rows)
    connection.execute(
        f"""
        CREATE TEMP TABLE priced (sku, usage_type, description, unit, region, price) AS FROM (VALUES {values});
        INSERT INTO skus
        SELECT DISTINCT sku, 'AmazonEC2', usage_type,
               if(contains(usage_type, 'Snapshot'), 'CreateSnapshot', 'CreateVolume'), description, unit, NULL
                   FROM priced;
        INSERT INTO unit_prices SELECT sku, region, price::DECIMAL(18, 10) FROM priced;
        DROP TABLE priced
        """
    )
