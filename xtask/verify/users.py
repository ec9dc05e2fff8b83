"""Throw-away users of the stack's own pool, and the tokens that sign in gives them."""

import json
import os
import secrets
from base64 import b32encode, urlsafe_b64decode
from dataclasses import dataclass
from hashlib import sha256

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .errors import Unusable, named
from .stack import Place, Stack

TOKEN = "CROWFLY_TOKEN"


@dataclass(frozen=True, repr=False)
class User:
    """A caller: its tokens. It has no representation: tokens are credentials."""

    # The name in the pool; None if the token came from CROWFLY_TOKEN.
    name: str | None
    access: str
    # The ID token; only of the stack's own pool.
    identity: str | None
    # The beginning of the key of each of its objects, and the partition of its records.
    owner: str


class Users:
    """Makes users, and removes those that it made."""

    def __init__(self, place: Place, stack: Stack) -> None:
        self.stack = stack
        self.cognito = place.client("cognito-idp")
        # Signing in is not the operator's right but everyone's.
        self.sign_in = place.session.client("cognito-idp", region_name=place.region, endpoint_url=place.endpoint,
                                            config=Config(signature_version=UNSIGNED))
        self.made: list[str] = []

    def new(self) -> User:
        """A new user, signed in by password as a page does it."""
        pool = self.stack.pool
        if not pool:
            raise Unusable(f"the tokens of this stack come from {self.stack.issuer}: put an access token of a test user "
                           f"into {TOKEN}")
        name, password = f"verify-{secrets.token_hex(8)}", f"Aa1-{secrets.token_urlsafe(24)}"
        try:
            self.made.append(name)
            self.cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
            self.cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)
            tokens = self.sign_in.initiate_auth(
                AuthFlow="USER_PASSWORD_AUTH", ClientId=self.stack.client_id,
                AuthParameters={"USERNAME": name, "PASSWORD": password})["AuthenticationResult"]
        except (BotoCoreError, ClientError) as error:
            raise Unusable(f"no user could be made in the pool of the stack ({named(error)}): the rights that are needed "
                           "are in docs/OPERATIONS.md") from None
        return User(name, tokens["AccessToken"], tokens["IdToken"], owner(tokens["AccessToken"]))

    def given(self) -> User | None:
        """The user of the token in CROWFLY_TOKEN, if there is one."""
        token = os.environ.get(TOKEN, "").strip().removeprefix("Bearer ")
        return User(None, token, None, owner(token)) if token else None

    def remove(self) -> list[str]:
        """Deletes the users that were made; returns what could not be deleted."""
        left = []
        for name in self.made:
            try:
                self.cognito.admin_delete_user(UserPoolId=self.stack.pool, Username=name)
            except self.cognito.exceptions.UserNotFoundException:
                pass
            except (BotoCoreError, ClientError) as error:
                left.append(f"the user {name} of the pool ({named(error)})")
        return left


def claims(token: str) -> dict:
    """The claims of a token, unchecked."""
    try:
        payload = token.split(".")[1]
        return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        raise Unusable(f"{TOKEN} holds no JWT: put an access token of the stack's issuer into it") from None


def owner(token: str) -> str:
    """The owner that the backend derives from a token: 26 characters of a hash of issuer and subject."""
    of = claims(token)
    digest = sha256(f"{of.get('iss', '')}\n{of.get('sub', '')}".encode()).digest()
    return b32encode(digest).decode().lower()[:26]
