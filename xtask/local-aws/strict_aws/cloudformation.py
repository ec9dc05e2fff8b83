"""What CloudFormation keeps of a template, and what it refuses to make."""

from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb, iam, s3, sqs
from ministack.services.cloudformation import provisioners

from . import rule

QUEUE_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


@rule
def buckets_keep_their_ownership():
    """OwnershipControls of AWS::S3::Bucket reach the bucket."""
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html

    def xml(controls):
        root = Element("OwnershipControls", xmlns=s3.S3_NS)
        for entry in controls.get("Rules") or []:
            SubElement(SubElement(root, "Rule"), "ObjectOwnership").text = entry["ObjectOwnership"]
        return tostring(root)

    keep("OwnershipControls", xml, s3._put_bucket_ownership_controls, s3._delete_bucket_ownership_controls)


@rule
def buckets_keep_their_lifecycle():
    """LifecycleConfiguration of AWS::S3::Bucket reaches the bucket: its rules that abort, expire and move."""
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html

    def xml(lifecycle):
        root = Element("LifecycleConfiguration", xmlns=s3.S3_NS)
        for entry in lifecycle.get("Rules") or []:
            element = SubElement(root, "Rule")
            SubElement(element, "ID").text = entry.get("Id", "")
            SubElement(SubElement(element, "Filter"), "Prefix").text = entry.get("Prefix", "")
            SubElement(element, "Status").text = entry["Status"]
            if abort := entry.get("AbortIncompleteMultipartUpload"):
                part(element, "AbortIncompleteMultipartUpload", DaysAfterInitiation=abort["DaysAfterInitiation"])
            if days := entry.get("ExpirationInDays"):
                part(element, "Expiration", Days=days)
            if entry.get("ExpiredObjectDeleteMarker"):
                part(element, "Expiration", ExpiredObjectDeleteMarker="true")
            if noncurrent := entry.get("NoncurrentVersionExpiration"):
                part(element, "NoncurrentVersionExpiration", NoncurrentDays=noncurrent["NoncurrentDays"])
            for move in entry.get("Transitions") or []:
                part(element, "Transition", Days=move["TransitionInDays"], StorageClass=move["StorageClass"])
        return tostring(root)

    def part(element, tag, **fields):
        inner = SubElement(element, tag)
        for name, value in fields.items():
            SubElement(inner, name).text = str(value)

    keep("LifecycleConfiguration", xml, s3._put_bucket_lifecycle, s3._delete_bucket_lifecycle)


@rule
def buckets_keep_their_encryption():
    """BucketEncryption of AWS::S3::Bucket reaches the bucket."""

    def xml(encryption):
        root = Element("ServerSideEncryptionConfiguration", xmlns=s3.S3_NS)
        for entry in encryption.get("ServerSideEncryptionConfiguration") or []:
            default = SubElement(SubElement(root, "Rule"), "ApplyServerSideEncryptionByDefault")
            for name, value in entry["ServerSideEncryptionByDefault"].items():
                SubElement(default, name).text = str(value)
        return tostring(root)

    keep("BucketEncryption", xml, s3._put_bucket_encryption, s3._delete_bucket_encryption)


@rule
def roles_keep_their_boundary():
    """PermissionsBoundary of AWS::IAM::Role limits the role."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html

    def bind(name, props):
        if boundary := props.get("PermissionsBoundary"):
            iam._roles[name]["PermissionsBoundary"] = boundary

    after_create("AWS::IAM::Role", bind)


@rule
def tables_keep_their_key():
    """SSESpecification of AWS::DynamoDB::Table is the table's, as DescribeTable says."""
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html

    def encrypt(name, props):
        spec = props.get("SSESpecification") or {}
        if spec.get("SSEEnabled"):
            dynamodb._tables[name]["SSEDescription"] = {
                "Status": "ENABLED", "SSEType": spec["SSEType"], "KMSMasterKeyArn": spec["KMSMasterKeyId"]}

    after_create("AWS::DynamoDB::Table", encrypt)


@rule
def alarms_may_compute():
    """AWS::CloudWatch::Alarm may have an expression over metrics; the local one has the first of these metrics."""
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html

    def plain(props):
        stat = next((entry["MetricStat"] for entry in props.get("Metrics") or [] if "MetricStat" in entry), None)
        if not stat:
            return props
        rest = {name: value for name, value in props.items() if name != "Metrics"}
        return {**rest, **stat["Metric"], "Statistic": stat["Stat"], "Period": stat["Period"]}

    change("AWS::CloudWatch::Alarm", plain)


@rule
def http_apis_keep_their_cors():
    """CorsConfiguration of AWS::ApiGatewayV2::Api reaches the API."""
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html

    def camel(props):
        cors = props.get("CorsConfiguration")
        if not cors:
            return props
        cors = {name[:1].lower() + name[1:]: value for name, value in cors.items()}
        if "maxAge" in cors:
            cors["maxAge"] = int(cors["maxAge"])
        return {**props, "CorsConfiguration": cors}

    change("AWS::ApiGatewayV2::Api", camel)


@rule
def event_sources_need_their_rights():
    """An SQS event source whose function may not receive, delete and look at messages is refused."""
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    create = handlers["create"]

    def create_allowed(logical_id, props, stack):
        queue = str(props.get("EventSourceArn", ""))
        if queue.split(":")[2:3] == ["sqs"]:
            function, *_ = provisioners._lambda_function_for_cfn_ref(props.get("FunctionName", ""))
            role = ((function or {}).get("config") or {}).get("Role", "")
            for action in QUEUE_ACTIONS:
                if not allowed(role, action, queue):
                    raise ValueError("The function execution role does not have permissions to call "
                                     f"{action.split(':')[1]} on SQS")
        return create(logical_id, props, stack)

    handlers["create"] = create_allowed


@rule
def event_sources_outlast_their_function():
    """An SQS event source whose queue hides messages for less time than the function may take is refused."""
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    create = handlers["create"]

    def create_patient(logical_id, props, stack):
        name = str(props.get("EventSourceArn", "")).rpartition(":")[2]
        queue = sqs._queues.get(sqs._queue_name_to_url.get(name))
        function, *_ = provisioners._lambda_function_for_cfn_ref(props.get("FunctionName", ""))
        if queue and function:
            hidden, takes = int(queue["attributes"]["VisibilityTimeout"]), int(function["config"]["Timeout"])
            if hidden < takes:
                raise ValueError(f"Queue visibility timeout: {hidden} seconds is less than Function timeout: "
                                 f"{takes} seconds")
        return create(logical_id, props, stack)

    handlers["create"] = create_patient


@rule
def event_sources_count_in_numbers():
    """MaximumConcurrency of an event source may come from a parameter, whose value is text, and is a number all the same."""

    def numbers(props):
        scaling = props.get("ScalingConfig")
        return {**props, "ScalingConfig": {name: int(value) for name, value in scaling.items()}} if scaling else props

    change("AWS::Lambda::EventSourceMapping", numbers)


def after_create(kind, then):
    """`then` gets the name and the properties of each new resource of this kind."""
    handlers = provisioners._RESOURCE_HANDLERS[kind]
    create = handlers["create"]

    def create_then(logical_id, props, stack):
        name, attributes = create(logical_id, props, stack)
        then(name, props)
        return name, attributes

    handlers["create"] = create_then


def change(kind, props):
    """Resources of this kind are made and updated with what `props` makes of their properties."""
    handlers = provisioners._RESOURCE_HANDLERS[kind]
    create, update = handlers["create"], handlers["update"]
    handlers["create"] = lambda logical_id, given, stack: create(logical_id, props(given), stack)
    handlers["update"] = lambda physical_id, old, new, *rest: update(physical_id, props(old), props(new), *rest)


def allowed(role, action, resource):
    """Whether the role's policies allow the action."""
    context = iam_evaluator.EvalContext(principal_arn=role, principal_type="AssumedRole", secure_transport=True,
                                        principal_account=get_account_id(), action=action, resource_arn=resource,
                                        region=get_region())
    policies = iam_evaluator._gather_role_policies(role.rpartition("/")[2], get_account_id())
    return iam_evaluator.evaluate(context, policies).decision == "Allow"


def keep(prop, to_xml, put, delete):
    """Applies a property of AWS::S3::Bucket through S3's own API, as MiniStack does with CORS; a refusal fails the stack."""

    def put_or_fail(name, xml):
        status, _, body = put(name, xml)[:3]
        if status >= 400:
            raise ValueError(f"AWS::S3::Bucket {prop} rejected: {body!r}")

    provisioners._S3_BUCKET_CONFIGURATIONS = (*provisioners._S3_BUCKET_CONFIGURATIONS,
                                              (prop, to_xml, put_or_fail, delete))
