"""What DynamoDB refuses in an expression."""

from ministack.core.responses import error_response_json
from ministack.services import dynamodb

from . import rule

SLOTS = ("KeyConditionExpression", "FilterExpression")


@rule
def queries_alias_reserved_words():
    """A query names an attribute like `owner` or `status`, which are reserved words, only by an alias."""
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
    query = dynamodb._query

    def strict_query(data):
        for slot in SLOTS:
            if fault := dynamodb._check_reserved_keyword_usage(dynamodb._tokenize(data.get(slot) or "")):
                return error_response_json("ValidationException", fault.replace("UpdateExpression", slot), 400)
        return query(data)

    dynamodb._query = strict_query
