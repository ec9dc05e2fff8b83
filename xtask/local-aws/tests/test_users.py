"""Cognito: the step from a temporary password to one's own."""

import time

from botocore.exceptions import ClientError

from strict_aws.users import Sessions

from .support import Case, proves

TEMPORARY = "Temporary-1234"
OWN = "My-own-password-1"


class Pool:
    """A pool whose policy requires twelve characters, its client, and a user with a temporary password."""

    def __init__(self, aws):
        self.cognito = aws.client("cognito-idp")
        self.pool = self.cognito.create_user_pool(PoolName=f"p{time.monotonic_ns()}", Policies={"PasswordPolicy": {
            "MinimumLength": 12, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True,
            "RequireSymbols": False}})["UserPool"]["Id"]
        self.client = self.cognito.create_user_pool_client(
            UserPoolId=self.pool, ClientName="page", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["UserPoolClient"]["ClientId"]

    def session(self, name):
        """Creates the user, unless it exists, and signs in with the temporary password."""
        try:
            self.cognito.admin_create_user(UserPoolId=self.pool, Username=name, TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS")
        except self.cognito.exceptions.UsernameExistsException:
            pass
        answer = self.cognito.initiate_auth(ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH",
                                            AuthParameters={"USERNAME": name, "PASSWORD": TEMPORARY})
        assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED", answer
        return answer["Session"]

    def answer(self, name, session, password=OWN):
        return self.cognito.respond_to_auth_challenge(
            ClientId=self.client, ChallengeName="NEW_PASSWORD_REQUIRED", Session=session,
            ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": password})


class Users(Case):
    def refused(self, code, call, *args):
        with self.assertRaises(ClientError) as caught:
            call(*args)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    @proves("new_passwords_keep_the_policy")
    def test_a_new_password_follows_the_policy(self, aws):
        pool = Pool(aws)
        session = pool.session("ada")
        message = self.refused("InvalidPasswordException", pool.answer, "ada", session, "short")
        self.assertIn("Password did not conform with policy", message)
        # The session outlives a refused password.
        self.assertIn("AccessToken", pool.answer("ada", session)["AuthenticationResult"])

    @proves("new_passwords_need_their_session")
    def test_a_new_password_needs_the_session_of_the_sign_in(self, aws):
        pool = Pool(aws)
        ada, bob = pool.session("ada"), pool.session("bob")
        for session in ("a session of nobody's making", bob):
            self.refused("NotAuthorizedException", pool.answer, "ada", session)
        self.assertIn("AccessToken", pool.answer("ada", ada)["AuthenticationResult"])
        self.refused("CodeMismatchException", pool.answer, "ada", ada, "Another-password-2")

    def test_a_session_ends_when_its_client_says(self):
        now = 1000
        sessions = Sessions(lambda: now)
        sessions.open("token", ("client", "ada"), 180)
        now += 180
        self.assertIsNone(sessions.refusal("token", ("client", "ada")))
        now += 1
        self.assertEqual(sessions.refusal("token", ("client", "ada")),
                         ("NotAuthorizedException", "Invalid session for the user, session is expired."))
