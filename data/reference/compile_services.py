"""Compile ``aws_services.csv`` and ``aws_regions.csv`` from published facts and our own assignments.

    python data/reference/compile_services.py FOLDER

FOLDER holds ``focus-spec/model-1.4/focus_1_4_servicesubcategory.json`` (the subcategory → category map of the
specification), ``focus/focus_sample.csv`` (real rows in which AWS names the category of a service) and
``catalog/derived/ec2_ondemand_linux_by_region_2025-04.csv`` (region codes with the location names of bills).

The product code, name and subcategory of each service are written below by hand from the specification's definitions;
the category is never written, it follows from the subcategory. Where AWS's own rows give one category other than
``Other``, ours must agree, else the script stops. Run it again after a change and commit the result.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

AS_OF = "2026-11"
OURS = "assigned by subcategory definition, FOCUS 1.4"
CONFIRMED = "assigned by subcategory definition, FOCUS 1.4; category as in AWS rows of the FOCUS sample 2024-09"

# product code | product name on bills | FOCUS subcategory
SERVICES = """
AmazonEC2 | Amazon Elastic Compute Cloud | Virtual Machines
AmazonLightsail | Amazon Lightsail | Virtual Machines
AWSOutposts | AWS Outposts | Other (Compute)
AmazonElasticVMWareService | Amazon Elastic VMware Service | Virtual Machines
AWSBatch | AWS Batch | Other (Compute)
AWSParallelComputingService | AWS Parallel Computing Service | Other (Compute)
AWSLambda | AWS Lambda | Serverless Compute
AmazonECS | Amazon Elastic Container Service | Containers
AmazonEKS | Amazon Elastic Container Service for Kubernetes | Containers
AmazonECR | Amazon EC2 Container Registry (ECR) | Containers
AmazonECRPublic | Amazon Elastic Container Registry Public | Containers
AWSAppRunner | AWS App Runner | Containers
ROSA | Red Hat OpenShift Service on AWS | Containers
AWSElasticBeanstalk | AWS Elastic Beanstalk | Application Platforms
AmazonBraket | Amazon Braket | Quantum Compute
AmazonWorkSpaces | Amazon WorkSpaces | End User Computing
AmazonWorkSpacesWeb | Amazon WorkSpaces Web | End User Computing
AmazonWorkSpacesThinClient | Amazon WorkSpaces Thin Client | End User Computing
AmazonAppStream | Amazon AppStream | End User Computing
AmazonS3 | Amazon Simple Storage Service | Object Storage
AmazonS3GlacierDeepArchive | Amazon S3 Glacier Deep Archive | Object Storage
AmazonGlacier | Amazon Glacier | Object Storage
AmazonEFS | Amazon Elastic File System | File Storage
AmazonFSx | Amazon FSx | File Storage
AWSBackup | AWS Backup | Backup Storage
AWSStorageGateway | AWS Storage Gateway | Storage Platforms
AWSStorageGatewayDeepArchive | AWS Storage Gateway Deep Archive | Storage Platforms
AmazonRDS | Amazon Relational Database Service | Relational Databases
AuroraDSQL | Amazon Aurora DSQL | Relational Databases
AmazonDynamoDB | Amazon DynamoDB | NoSQL Databases
AmazonDAX | Amazon DynamoDB Accelerator (DAX) | Caching
AmazonElastiCache | Amazon ElastiCache | Caching
AmazonMemoryDB | Amazon MemoryDB | Caching
AmazonDocDB | Amazon DocumentDB (with MongoDB compatibility) | NoSQL Databases
AmazonNeptune | Amazon Neptune | NoSQL Databases
AmazonMCS | Amazon Keyspaces (for Apache Cassandra) | NoSQL Databases
AmazonSimpleDB | Amazon SimpleDB | NoSQL Databases
AmazonQLDB | Amazon Quantum Ledger Database | Ledger Databases
AmazonTimestream | Amazon Timestream | Time Series Databases
AmazonRedshift | Amazon Redshift | Data Warehouses
AWSDatabaseMigrationSvc | AWS Database Migration Service | Data Migration
AWSDataSync | AWS DataSync | Data Migration
AWSTransfer | AWS Transfer Family | Data Migration
AWSSnowballExtraJobs | AWS Snowball Extra Jobs | Data Migration
IngestionServiceSnowball | AWS Import/Export Snowball | Data Migration
AWSSnowMobile | AWS Snowmobile | Data Migration
AWSImportExport | AWS Import/Export | Data Migration
AWSApplicationMigrationSvc | AWS Application Migration Service | Resource Migration
AWSServerMigrationService | AWS Server Migration Service | Resource Migration
AWSM2 | AWS Mainframe Modernization | Resource Migration
AWSMigrationHubRefactorSpaces | AWS Migration Hub Refactor Spaces | Other (Migration)
AmazonVPC | Amazon Virtual Private Cloud | Network Infrastructure
AWSELB | Elastic Load Balancing | Network Routing
AmazonCloudFront | Amazon CloudFront | Content Delivery
AmazonRoute53 | Amazon Route 53 | Network Routing
AmazonApiGateway | Amazon API Gateway | Application Networking
AWSDirectConnect | AWS Direct Connect | Network Connectivity
AWSDataTransfer | AWS Data Transfer | Network Infrastructure
AWSGlobalAccelerator | AWS Global Accelerator | Network Routing
AWSCloudMap | AWS Cloud Map | Application Networking
AWSAppMesh | AWS App Mesh | Application Networking
AmazonVPCLattice | Amazon VPC Lattice | Application Networking
AWSCloudWAN | AWS Cloud WAN | Network Connectivity
AmazonClientVPN | AWS Client VPN | Network Connectivity
AWSPrivate5G | AWS Private 5G | Network Connectivity
AWSNetworkFirewall | AWS Network Firewall | Network Security
AWSFMS | AWS Firewall Manager | Network Security
awswaf | AWS WAF | Threat Detection and Response
AWSShield | AWS Shield | Threat Detection and Response
AmazonGuardDuty | Amazon GuardDuty | Threat Detection and Response
AmazonDetective | Amazon Detective | Threat Detection and Response
AmazonInspector | Amazon Inspector | Security Posture Management
AmazonInspectorV2 | Amazon Inspector V2 | Security Posture Management
AWSSecurityHub | AWS Security Hub | Security Posture Management
AmazonMacie | Amazon Macie | Security Posture Management
AmazonSecurityLake | Amazon Security Lake | Other (Security)
AWSSecretsManager | AWS Secrets Manager | Secret Management
awskms | AWS Key Management Service | Identity and Access Management
CloudHSM | AWS CloudHSM | Secret Management
AWSCertificateManager | AWS Certificate Manager | Secret Management
AWSPaymentCryptography | AWS Payment Cryptography | Secret Management
AWSDirectoryService | AWS Directory Service | Identity and Access Management
AmazonCognito | Amazon Cognito | Identity and Access Management
AmazonVerifiedPermissions | Amazon Verified Permissions | Identity and Access Management
AWSIAMAccessAnalyzer | AWS IAM Access Analyzer | Identity and Access Management
AmazonCloudDirectory | Amazon Cloud Directory | Other (Identity)
AWSQueueService | Amazon Simple Queue Service | Messaging
AmazonSNS | Amazon Simple Notification Service | Messaging
AmazonSES | Amazon Simple Email Service | Messaging
AmazonMQ | Amazon MQ | Messaging
AWSEvents | CloudWatch Events | Messaging
AmazonPinpoint | Amazon Pinpoint | Messaging
AWSEndUserMessaging | AWS End User Messaging | Messaging
AmazonStates | AWS Step Functions | Serverless Compute
AmazonSWF | Amazon Simple Workflow Service | Workflow Orchestration
AmazonMWAA | Amazon Managed Workflows for Apache Airflow | Workflow Orchestration
AmazonAppFlow | Amazon AppFlow | Other (Integration)
AWSAppSync | AWS AppSync | API Management
AWSB2Bi | AWS B2B Data Interchange | Other (Integration)
AmazonCloudWatch | AmazonCloudWatch | Observability
AWSXRay | AWS X-Ray | Observability
AmazonPrometheus | Amazon Managed Service for Prometheus | Observability
AmazonGrafana | Amazon Managed Grafana | Observability
AWSCloudTrail | AWS CloudTrail | Compliance
AWSConfig | AWS Config | Compliance
AWSAuditManager | AWS Audit Manager | Compliance
AWSSystemsManager | AWS Systems Manager | Endpoint Management
AWSCloudFormation | AWS CloudFormation | Architecture
AWSControlTower | AWS Control Tower | Architecture
AWSServiceCatalog | AWS Service Catalog | Architecture
AWSResilienceHub | AWS Resilience Hub | Disaster Recovery
AWSElasticDisasterRecovery | AWS Elastic Disaster Recovery | Disaster Recovery
AWSBudgets | AWS Budgets | Cost Management
AWSCostExplorer | AWS Cost Explorer | Cost Management
AWSBillingConductor | AWS Billing Conductor | Cost Management
AWSOpsWorks | AWS OpsWorks | Other (Management and Governance)
AWSDataExchange | AWS Data Exchange | Data Governance
AmazonDataZone | Amazon DataZone | Data Governance
AWSSupportBasic | AWS Support (Basic) | Support
AWSDeveloperSupport | AWS Support (Developer) | Support
AWSSupportBusiness | AWS Support (Business) | Support
AWSSupportEnterprise | AWS Support (Enterprise) | Support
AWSSupportEnterpriseOnRamp | AWS Enterprise On-Ramp Support | Support
AWSRePost | AWS re:Post Private | Support
ComputeSavingsPlans | Savings Plans for AWS Compute usage | Cost Management
MachineLearningSavingsPlans | Savings Plans for AWS Machine Learning | Cost Management
DatabaseSavingsPlans | Savings Plans for AWS Databases | Cost Management
AWSGlue | AWS Glue | Data Processing
ElasticMapReduce | Amazon Elastic MapReduce | Data Processing
AmazonAthena | Amazon Athena | Data Processing
AWSLakeFormation | AWS Lake Formation | Data Governance
AWSCleanRooms | AWS Clean Rooms | Analytics Platforms
AWSEntityResolution | AWS Entity Resolution | Data Processing
AmazonKinesis | Amazon Kinesis | Streaming Analytics
AmazonKinesisFirehose | Amazon Kinesis Firehose | Streaming Analytics
AmazonKinesisAnalytics | Amazon Kinesis Analytics | Streaming Analytics
AmazonMSK | Amazon Managed Streaming for Apache Kafka | Streaming Analytics
AmazonES | Amazon OpenSearch Service | Search
AmazonCloudSearch | Amazon CloudSearch | Search
AmazonKendra | Amazon Kendra | Search
AmazonQuickSight | Amazon QuickSight | Business Intelligence
AmazonFinSpace | Amazon FinSpace | Analytics Platforms
AmazonOmics | AWS HealthOmics | Other (Analytics)
datapipeline | AWS Data Pipeline | Data Processing
AmazonSageMaker | Amazon SageMaker | Machine Learning
AmazonBedrock | Amazon Bedrock | Generative AI
AmazonBedrockService | Amazon Bedrock Service | Generative AI
AmazonBedrockAgentCore | Amazon Bedrock AgentCore | Generative AI
AmazonQ | Amazon Q | Generative AI
AmazonRekognition | Amazon Rekognition | Machine Learning
AmazonTextract | Amazon Textract | Machine Learning
AmazonPersonalize | Amazon Personalize | Machine Learning
AmazonForecast | Amazon Forecast | Machine Learning
AmazonFraudDetector | Amazon Fraud Detector | Machine Learning
AmazonLookoutForVision | Amazon Lookout for Vision | Machine Learning
AmazonLookoutForMetrics | Amazon Lookout for Metrics | Machine Learning
AmazonMonitron | Amazon Monitron | Machine Learning
AmazonComprehend | Amazon Comprehend | Natural Language Processing
AmazonTranslate | Amazon Translate | Natural Language Processing
transcribe | Amazon Transcribe | Natural Language Processing
AmazonPolly | Amazon Polly | Natural Language Processing
AmazonLex | Amazon Lex | Bots
AmazonA2I | Amazon Augmented AI | Other (AI and Machine Learning)
AmazonML | Amazon Machine Learning | Machine Learning
CodeBuild | AWS CodeBuild | Continuous Integration and Deployment
AWSCodeDeploy | AWS CodeDeploy | Continuous Integration and Deployment
AWSCodePipeline | AWS CodePipeline | Continuous Integration and Deployment
AWSCodeCommit | AWS CodeCommit | Source Code Management
AWSCodeArtifact | AWS CodeArtifact | Developer Platforms
AmazonCodeCatalyst | Amazon CodeCatalyst | Developer Platforms
AmazonCodeWhisperer | Amazon CodeWhisperer | Development Environments
AmazonCloud9 | AWS Cloud9 | Development Environments
AWSCloudShell | AWS CloudShell | Development Environments
AWSDeviceFarm | AWS Device Farm | Quality Assurance
AWSFIS | AWS Fault Injection Simulator | Quality Assurance
AWSAmplify | AWS Amplify | Application Platforms
AmazonLocationService | Amazon Location Service | Other (Web)
AWSIoT | AWS IoT | IoT Platforms
AWSIoTCore | AWS IoT Core | IoT Platforms
AWSIoTAnalytics | AWS IoT Analytics | IoT Analytics
AWSIoTEvents | AWS IoT Events | IoT Analytics
IoTDeviceManagement | AWS IoT Device Management | IoT Platforms
IoTDeviceDefender | AWS IoT Device Defender | IoT Platforms
AWSIoTSiteWise | AWS IoT SiteWise | IoT Analytics
AWSIoTTwinMaker | AWS IoT TwinMaker | IoT Platforms
AWSGreengrass | AWS Greengrass | IoT Platforms
AWSElementalMediaConvert | AWS Elemental MediaConvert | Content Creation
AWSElementalMediaLive | AWS Elemental MediaLive | Media Streaming
AWSElementalMediaPackage | AWS Elemental MediaPackage | Media Streaming
AWSElementalMediaStore | AWS Elemental MediaStore | Media Streaming
AWSElementalMediaTailor | AWS Elemental MediaTailor | Media Streaming
AWSElementalMediaConnect | AWS Elemental MediaConnect | Media Streaming
AmazonIVS | Amazon Interactive Video Service | Media Streaming
AmazonKinesisVideo | Amazon Kinesis Video Streams | Media Streaming
AmazonETS | Amazon Elastic Transcoder | Content Creation
AWSDeadlineCloud | AWS Deadline Cloud | Content Creation
AmazonGameLift | Amazon GameLift | Gaming
AmazonSumerian | Amazon Sumerian | Mixed Reality
AmazonConnect | Amazon Connect | Other (Business Applications)
ContactCenterTelecomm | Contact Center Telecommunications | Other (Business Applications)
AmazonChime | Amazon Chime | Productivity and Collaboration
AmazonChimeVoiceConnector | Amazon Chime Voice Connector | Productivity and Collaboration
AmazonWorkDocs | Amazon WorkDocs | Productivity and Collaboration
AmazonWorkMail | Amazon WorkMail | Productivity and Collaboration
AmazonHoneycode | Amazon Honeycode | Productivity and Collaboration
AWSSupplyChain | AWS Supply Chain | Other (Business Applications)
AmazonRegistrar | Amazon Registrar | Network Infrastructure
"""


def own_category(folder: Path) -> dict[str, str]:
    """Service name → category where AWS's rows of the sample give exactly one and it is not ``Other``."""
    found: dict[str, set[str]] = defaultdict(set)
    with (folder / "focus" / "focus_sample.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["ProviderName"] == "AWS":
                found[row["ServiceName"]].add(row["ServiceCategory"])
    return {name: next(iter(values)) for name, values in found.items() if len(values) == 1 and "Other" not in values}


def service_rows(folder: Path) -> list[tuple[str, ...]]:
    """Rows of ``aws_services.csv``; stops when a subcategory is unknown or AWS says another category."""
    categories: dict[str, str] = json.loads(
        (folder / "focus-spec" / "model-1.4" / "focus_1_4_servicesubcategory.json").read_text(encoding="utf-8")
    )
    stated = own_category(folder)
    rows, seen = [], set()
    for line in SERVICES.strip().splitlines():
        code, name, subcategory = (part.strip() for part in line.split("|"))
        if code in seen:
            sys.exit(f"{code} is listed twice")
        seen.add(code)
        category = categories.get(subcategory)
        if category is None:
            sys.exit(f"{code}: {subcategory} is not a FOCUS subcategory")
        if stated.get(name, category) != category:
            sys.exit(f"{code}: AWS says {stated[name]}, the list says {category}")
        rows.append((code, name, category, subcategory, CONFIRMED if name in stated else OURS, AS_OF))
    return sorted(rows, key=lambda row: row[0].casefold())


def region_rows(folder: Path) -> list[tuple[str, ...]]:
    """Rows of ``aws_regions.csv``: true regions only, local and wavelength zones bill under their region."""
    pairs = set()
    path = folder / "catalog" / "derived" / "ec2_ondemand_linux_by_region_2025-04.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if re.fullmatch(r"[a-z]{2}(-gov)?-[a-z]+-\d", row["region"]):
                pairs.add((row["region"], row["location"], "EC2 price list", "2025-04"))
    return sorted(pairs)


def write(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write one reference file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Compile both files beside this script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with focus-spec/, focus/ and catalog/")
    folder: Path = parser.parse_args().folder
    here = Path(__file__).resolve().parent
    write(
        here / "aws_services.csv",
        ("service_code", "service_name", "service_category", "service_subcategory", "source", "as_of"),
        service_rows(folder),
    )
    write(here / "aws_regions.csv", ("region_id", "region_name", "source", "as_of"), region_rows(folder))


if __name__ == "__main__":
    main()
