"""Errors, and their texts for people: without addresses, tokens and signatures."""

from botocore.exceptions import BotoCoreError, ClientError


class Skip(Exception):
    """A check cannot be done here; the text is the reason."""


class Otherwise(Exception):
    """A step of a check went otherwise; the text is what was seen."""


class Unusable(Exception):
    """Nothing can be checked; the text is one sentence that says what to do."""


def named(error: BaseException) -> str:
    """An error by its kind, because texts of HTTP libraries contain the address, which is a credential if presigned."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response.get('Error', {}).get('Code', 'an error without code')}"
    if isinstance(error, BotoCoreError):
        return f"the AWS client failed: {type(error).__name__}"
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    at = f" in {place.tb_frame.f_code.co_name}, line {place.tb_lineno}" if place else ""
    return f"it broke off: {type(error).__name__}{at}"
