"""Holds docs/openapi.json to the golden files of the wire types: `golden.py ROOT`.

Each golden file of a request or an answer is valid under its schema, and no longer valid once a required member is
missing, a member has another type, or a request has a member that the contract does not name.
"""

import copy
import json
import sys
from pathlib import Path

import jsonschema_rs

# The schema of each golden file by the start of its name; the longest that fits counts.
SCHEMAS = {
    "complete_request": "CompleteRequest",
    "completing": "Completing",
    "content": "Content",
    "create_request": "CreateRequest",
    "create_response": "CreateResponse",
    "gateway_message": "GatewayMessage",
    "list_parts_response": "ListPartsResponse",
    "list_response": "ListResponse",
    "problem": "Problem",
    "record": "Record",
    "sign_parts_request": "SignPartsRequest",
    "sign_parts_response": "SignPartsResponse",
    "status_request": "StatusRequest",
    "status_response": "StatusResponse",
    "stored": "Stored",
}
# Messages of a queue and a bus, which no route has.
ELSEWHERE = {"notification_stored", "queue_message_created", "queue_message_removed"}


def validator(document, name):
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(schema)


def objects(value, path=()):
    """Each object in a value, with its path."""
    if isinstance(value, dict):
        yield path, value
        for key, member in value.items():
            yield from objects(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from objects(member, (*path, index))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def of_another_type(member):
    return "text" if isinstance(member, (int, dict, list, bool)) else 7


def broken(value, optional):
    """What is no longer valid: each member of another type, and absent if it is required."""
    for path, found in objects(value):
        for key in found:
            changed = copy.deepcopy(value)
            at(changed, path)[key] = of_another_type(found[key])
            yield f"{path} {key} of another type", changed
            if key not in optional and "metadata" not in path and "headers" not in path:
                changed = copy.deepcopy(value)
                del at(changed, path)[key]
                yield f"{path} without {key}", changed


def main(root):
    document = json.loads((root / "docs/openapi.json").read_text())
    schemas = document["components"]["schemas"]
    jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": schemas})
    optional = set()
    for schema in schemas.values():
        optional.update(set(schema.get("properties", {})) - set(schema.get("required", [])))
    files = changes = 0
    for file in sorted((root / "contract/tests/golden").glob("*.json")):
        golden = json.loads(file.read_text())
        if file.stem == "error_codes":
            codes = {code["code"]: code for code in golden if code["status"] is not None}
            said = schemas["ErrorCode"]
            assert set(said["enum"]) == set(codes), "the codes differ"
            for code, about in said["x-codes"].items():
                for key in ("status", "retryable"):
                    assert about[key] == codes[code][key], f"{code}: {key}"
                assert about["meaning"], f"{code} has no meaning"
            continue
        if file.stem in ELSEWHERE:
            continue
        fits = [start for start in SCHEMAS if file.stem.startswith(start)]
        assert fits, f"{file.name} has no schema in {__file__}"
        name = SCHEMAS[max(fits, key=len)]
        check = validator(document, name)
        check.validate(golden)
        files += 1
        for what, changed in broken(golden, optional):
            assert not check.is_valid(changed), f"{file.name}: {what} is still valid"
            changes += 1
        if "_request" in file.stem:
            assert not check.is_valid({**golden, "surplus": 1}), f"{file.name}: an unknown member is valid"
            changes += 1
    assert files >= 28 and changes > 300, (files, changes)
    print(f"{files} golden files are valid, {changes} changed ones are not")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
