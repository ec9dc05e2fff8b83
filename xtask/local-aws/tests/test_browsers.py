"""Browsers: what a page on this computer reaches, and a page of any other site does not."""

import json
import time

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .support import HTTP, ORIGIN, PAGES, PROXY, Case, bucket, function, proves
from .test_keys import scope

EVIL = "https://evil.example"
COGNITO = "AWSCognitoIdentityProviderService"
# Headers by which a browser is recognised, with Origin and, as for images and links, without.
OF_A_BROWSER = ({"origin": EVIL}, {"origin": "null"}, {"origin": PAGES[0]}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
                {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"})


class Browsers(Case):
    def refused(self, answer, what):
        """Asserts 403 without CORS headers."""
        self.assertEqual(answer.status, 403, (what, answer.data[:200]))
        self.readable_by_nobody(answer, what)

    def readable_by_nobody(self, answer, what):
        self.assertEqual([name for name in answer.headers if name.lower().startswith("access-control-")], [], what)

    def signed(self, aws, method, path, service, headers=None, body="", more=None):
        """A request signed by the root key, with unsigned headers added."""
        request = AWSRequest(method, f"{aws.url}{path}", headers or {}, body)
        SigV4Auth(Credentials(aws.key, aws.secret), service, "us-east-1").add_auth(request)
        return HTTP.request(method, f"{aws.url}{path}", headers={**request.headers, **(more or {})}, body=body)

    def pool(self, aws):
        """A user pool with one user: its id, and the body of a sign-in."""
        cognito, name = aws.client("cognito-idp"), f"p{time.monotonic_ns()}"
        pool = cognito.create_user_pool(PoolName=name)["UserPool"]["Id"]
        client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="c", ExplicitAuthFlows=[
            "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])["UserPoolClient"]["ClientId"]
        cognito.admin_create_user(UserPoolId=pool, Username="u", MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=pool, Username="u", Password="Aa1-aaaaaaaa", Permanent=True)
        return pool, json.dumps({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": client,
                                 "AuthParameters": {"USERNAME": "u", "PASSWORD": "Aa1-aaaaaaaa"}})

    def sign_in(self, aws, body, action="InitiateAuth", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return HTTP.request("POST", f"{aws.url}/", body=body, headers={
            "content-type": "application/x-amz-json-1.1", "x-amz-target": f"{COGNITO}.{action}", **headers})

    @proves("browsers_reach_api_and_bucket")
    def test_h3_only_the_page_signs_in(self, aws):
        pool, body = self.pool(aws)
        self.assertEqual(self.sign_in(aws, body).status, 200, "what is no browser may, too")
        ask = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,x-amz-target"}
        keys = [f"{aws.url}/{pool}/.well-known/{name}" for name in ("jwks.json", "openid-configuration")]
        for page in PAGES:
            preflight = HTTP.request("OPTIONS", f"{aws.url}/", headers={"origin": page, **ask})
            self.assertEqual((preflight.status, preflight.headers["access-control-allow-origin"]), (200, page))
            self.assertIn("x-amz-target", preflight.headers["access-control-allow-headers"])
            answers = [self.sign_in(aws, body, origin=page)] + [HTTP.request("GET", url, headers={"origin": page}) for url in keys]
            for answer in answers:
                self.assertEqual((answer.status, answer.headers.getlist("access-control-allow-origin")), (200, [page]))
                self.assertEqual(answer.headers["vary"], "Origin")
            challenge = self.sign_in(aws, "{}", action="RespondToAuthChallenge", origin=page)
            self.assertEqual((challenge.status, challenge.headers["access-control-allow-origin"]), (400, page))
            # The page's origin gives access to nothing else.
            for action in ("SignUp", "ListUsers", "GetUser", "AdminInitiateAuth", "CreateUserPool", "InitiateAuth,x"):
                self.refused(self.sign_in(aws, body, action=action, origin=page), action)
            self.refused(HTTP.request("PUT", keys[0], headers={"origin": page}), "PUT")
            self.refused(HTTP.request("POST", f"{aws.url}/?Action=ListUsers", body=body, headers={
                "origin": page, "x-amz-target": f"{COGNITO}.InitiateAuth"}), "a query beside it")
        port = aws.url.rpartition(":")[2]
        for origin in (EVIL, "null", "http://localhost:3001", "https://localhost:3000", f"http://127.0.0.1:{port}", f"{PAGES[0]}, {EVIL}"):
            self.refused(self.sign_in(aws, body, origin=origin), origin)
            self.refused(self.sign_in(aws, "{}", action="RespondToAuthChallenge", origin=origin), origin)
            self.refused(HTTP.request("OPTIONS", f"{aws.url}/", headers={"origin": origin, **ask}), origin)
            for url in keys:
                self.refused(HTTP.request("GET", url, headers={"origin": origin}), (url, origin))
        self.refused(self.sign_in(aws, body, sec_fetch_site="same-site"), "no Origin")
        self.readable_by_nobody(self.sign_in(aws, body), "no browser")

    @proves("browsers_reach_api_and_bucket")
    def test_h3_the_bucket_answers_a_browser_by_its_own_cors(self, aws):
        cors = {"CorsRules": [{"AllowedOrigins": [ORIGIN], "AllowedMethods": ["GET", "PUT"], "AllowedHeaders": ["content-type"]}]}
        name = aws.stack(bucket(CorsConfiguration=cors))["Bucket"]
        url = aws.presigned_put(name)
        for origin, allowed in ((ORIGIN, ORIGIN), (EVIL, None)):
            answer = HTTP.request("PUT", url, body=b"x", headers={"origin": origin})
            self.assertEqual((answer.status, answer.headers.get("access-control-allow-origin")), (200, allowed))
            preflight = HTTP.request("OPTIONS", url, headers={"origin": origin, "access-control-request-method": "PUT"})
            self.assertEqual(preflight.headers.get("access-control-allow-origin"), allowed)
        get = aws.client("s3").generate_presigned_url("get_object", Params={"Bucket": name, "Key": "k"}, ExpiresIn=300)
        for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"}):
            self.assertEqual(HTTP.request("GET", get, headers=headers).data, b"x")
        # A bucket's path reaches no other service.
        form = {"content-type": "application/x-www-form-urlencoded", "origin": ORIGIN}
        answer = self.signed(aws, "POST", f"/{name}/k", "iam", form, "Action=ListUsers&Version=2010-05-08")
        self.assertNotIn(b"ListUsersResponse", answer.data)
        target = {"content-type": "text/plain", "origin": ORIGIN, "x-amz-target": "AmazonSQS.ListQueues"}
        self.assertNotEqual(self.signed(aws, "POST", f"/{name}/k", "sqs", target, "{}").status, 200)

    @proves("browsers_reach_api_and_bucket")
    def test_h3_a_page_of_another_site_runs_no_program(self, aws):
        # As simple requests, without a preflight.
        role, name = f"r{time.monotonic_ns()}", f"f{time.monotonic_ns()}"
        from_evil = {"content-type": "text/plain", "origin": EVIL}
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        requests = [
            ("iam", "POST", "/", "", f"Action=CreateRole&Version=2010-05-08&RoleName={role}&AssumeRolePolicyDocument={trust}"),
            ("lambda", "POST", "/2015-03-31/functions", json.dumps({
                "FunctionName": name, "Runtime": "provided.al2023", "Handler": "b", "Role": f"arn:aws:iam::000000000000:role/{role}",
                "Code": {"ZipFile": ""}}), ""),
            ("lambda", "POST", f"/2015-03-31/functions/{name}/invocations", "{}", ""),
            ("cloudformation", "POST", "/", "", "Action=ListStacks&Version=2010-05-15"),
            ("s3", "GET", "/", "", "")]
        for service, method, path, body, query in requests:
            query = query.replace('"', "%22").replace(" ", "%20").replace("{", "%7B").replace("}", "%7D")
            for key in ("test", "000000000000", aws.key):
                answer = HTTP.request(method, f"{aws.url}{path}?{query}&{scope(key, service)}", body=body, headers=from_evil)
                self.refused(answer, (service, path, key))
            # Even with the right signature.
            for of_a_browser in OF_A_BROWSER:
                answer = self.signed(aws, method, f"{path}?{query}" if query else path, service, body=body, more=of_a_browser)
                self.refused(answer, (service, path, of_a_browser))
        self.assertEqual(self.signed(aws, "GET", "/", "s3").status, 200)
        for headers in ({"origin": EVIL}, {"origin": PAGES[0]}, {"sec-fetch-site": "cross-site"}):
            for path in ("/_ministack/health", "/_ministack/reset", "/_ministack/config", "/no-such-bucket/k"):
                for method in ("GET", "POST", "OPTIONS"):
                    self.refused(HTTP.request(method, f"{aws.url}{path}", headers=headers), (method, path, headers))

    @proves("hosts_are_this_computer")
    def test_h3_a_name_that_was_bound_to_this_computer_is_refused(self, aws):
        port = aws.url.rpartition(":")[2]
        url = aws.presigned_put(aws.bucket())
        others = ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", f"localhost.evil.example:{port}",
                  f"evil.localhost:{port}", f"[::1]:{port}", f"0.0.0.0:{port}", f"127.1:{port}", f"localhost.:{port}", "127.0.0.1",
                  "localhost", "127.0.0.1:1", f"x@127.0.0.1:{port}", f"127.0.0.1:{port}, evil.example", "")
        for host in others:
            for path in ("/_ministack/health", "/", "/_aws/execute-api/x/$default/r"):
                self.refused(HTTP.request("GET", f"{aws.url}{path}", headers={"host": host}), (host, path))
            if host != "127.0.0.1:1":
                self.refused(HTTP.request("PUT", url, body=b"x", headers={"host": host}), host)
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LocalHost:{port}", f"127.0.0.1:{PROXY}"):
            self.assertEqual(HTTP.request("GET", f"{aws.url}/_ministack/health", headers={"host": host}).status, 200, host)
        # A local proxy relays the Host that was signed; a browser cannot send another Host.
        passed = AWSRequest("GET", "http://127.0.0.1:9/", {})
        SigV4Auth(Credentials(aws.key, aws.secret), "s3", "us-east-1").add_auth(passed)
        headers = {**passed.headers, "host": "127.0.0.1:9"}
        self.assertEqual(HTTP.request("GET", f"{aws.url}/", headers=headers).status, 200)
        self.refused(HTTP.request("GET", f"{aws.url}/", headers={**headers, "sec-fetch-site": "same-origin"}), "a browser")

    @proves("ministacks_own_paths_are_closed")
    def test_h3_the_emulators_own_paths_do_not_answer(self, aws):
        paths = [("POST", "/_ministack/reset"), ("POST", "/_ministack/config"), ("GET", "/_ministack/ready"),
                 ("GET", "/_ministack/sqs/messages"), ("GET", "/_ministack/ses/messages"), ("GET", "/_ministack/sns/sms-messages"),
                 ("GET", "/_ministack/lambda-code/f"), ("PUT", "/_ministack/cfn-response/t"), ("POST", "/_ministack/rds/iam-auth"),
                 ("POST", "/_ministack/health"), ("GET", "/_ministack/iot/ca.pem"), ("GET", "/%5fministack/ready"),
                 ("GET", "/_localstack/health"), ("GET", "/health"), ("GET", "/_aws/lambda-url/x/"), ("GET", "/_alb/x/"),
                 ("GET", "/oauth2/authorize"), ("POST", "/login"), ("GET", "/logout"), ("GET", "/restapis/x/s/_user_request_/y"),
                 ("GET", "/v2/"), ("GET", "/v2/x/tags/list"), ("POST", "/v1/apis/x/graphql")]
        for method, path in paths:
            self.refused(HTTP.request(method, f"{aws.url}{path}"), path)
            self.refused(self.signed(aws, method, path, "s3"), path)
        upgrade = {"upgrade": "websocket", "connection": "upgrade", "sec-websocket-version": "13",
                   "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="}
        for origin in ({}, {"origin": EVIL}):
            answer = HTTP.request("GET", f"{aws.url}/_aws/execute-api/x/$default", headers={**upgrade, **origin})
            self.assertEqual(answer.status, 403)

    @proves("functions_answer_no_browser")
    def test_h3_a_functions_runtime_interface_answers_no_browser(self, aws):
        name, _role = function(aws, 'printf %s "$AWS_LAMBDA_RUNTIME_API"')
        host = json.loads(aws.client("lambda").invoke(FunctionName=name)["Payload"].read())
        pool = urllib3.PoolManager(retries=False, timeout=2)
        for headers in ({"origin": EVIL}, {"sec-fetch-site": "cross-site"}, {"host": "evil.example"}):
            answer = pool.request("GET", f"http://{host}/2018-06-01/runtime/no-such", headers=headers)
            self.assertEqual(answer.status, 403, headers)
