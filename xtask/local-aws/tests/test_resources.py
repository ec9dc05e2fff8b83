"""What CloudFormation keeps of a resource's properties."""

from .support import Case, bucket, proves

KEY = "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"


class Resources(Case):
    @proves("buckets_keep_their_ownership")
    def test_ownership(self, aws):
        name = aws.stack(bucket(OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}))["Bucket"]
        rules = aws.client("s3").get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
        self.assertEqual(rules, [{"ObjectOwnership": "ObjectWriter"}])

    @proves("buckets_keep_their_lifecycle")
    def test_lifecycle(self, aws):
        name = aws.stack(bucket(LifecycleConfiguration={"Rules": [
            {"Id": "a", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": "3"}},
            {"Id": "e", "Status": "Enabled", "Prefix": "uploads/", "ExpirationInDays": "90"},
            {"Id": "m", "Status": "Enabled", "Transitions": [
                {"StorageClass": "STANDARD_IA", "TransitionInDays": "30"}]},
            {"Id": "v", "Status": "Enabled", "ExpiredObjectDeleteMarker": True,
             "NoncurrentVersionExpiration": {"NoncurrentDays": "7"}}]}))["Bucket"]
        try:
            rules = aws.client("s3").get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
        except aws.client("s3").exceptions.ClientError as error:
            self.fail(error)
        abort, expire, move, forget = rules
        self.assertEqual(abort["AbortIncompleteMultipartUpload"], {"DaysAfterInitiation": 3})
        self.assertEqual((expire["Filter"], expire["Expiration"]), ({"Prefix": "uploads/"}, {"Days": 90}))
        self.assertEqual(move["Transitions"], [{"Days": 30, "StorageClass": "STANDARD_IA"}])
        self.assertEqual(forget["Expiration"], {"ExpiredObjectDeleteMarker": True})
        self.assertEqual(forget["NoncurrentVersionExpiration"], {"NoncurrentDays": 7})

    @proves("buckets_keep_their_encryption")
    def test_encryption(self, aws):
        name = aws.stack(bucket(BucketEncryption={"ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/k"}}]}))["Bucket"]
        rule, = aws.client("s3").get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
        self.assertEqual(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "aws:kms")

    @proves("roles_keep_their_boundary")
    def test_a_boundary_limits_its_role(self, aws):
        boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        trust = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
        name = aws.stack({"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": trust, "PermissionsBoundary": boundary}}},
            "Outputs": {"R": {"Value": {"Ref": "R"}}}})["R"]
        role = aws.client("iam").get_role(RoleName=name)["Role"]
        self.assertEqual(role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"), boundary)

    @proves("alarms_may_compute")
    def test_an_alarm_may_have_an_expression(self, aws):
        metric = {"Namespace": "AWS/ApiGateway", "MetricName": "Count"}
        name = aws.stack({"Resources": {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
            "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold", "Metrics": [
                {"Id": "half", "Expression": "all / 2", "ReturnData": True},
                {"Id": "all", "ReturnData": False, "MetricStat": {"Stat": "Sum", "Period": 60, "Metric": metric}}]}}},
            "Outputs": {"A": {"Value": {"Ref": "A"}}}})["A"]
        alarm, = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
        self.assertEqual(alarm["MetricName"], "Count")

    @proves("tables_keep_their_key")
    def test_a_table_has_its_key(self, aws):
        name = aws.stack({"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": {
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST",
            "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}}}},
            "Outputs": {"T": {"Value": {"Ref": "T"}}}})["T"]
        table = aws.client("dynamodb").describe_table(TableName=name)["Table"]
        self.assertEqual(table.get("SSEDescription", {}).get("KMSMasterKeyArn"), KEY)
