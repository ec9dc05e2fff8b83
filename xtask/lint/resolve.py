"""Writes a SAM template as CloudFormation sees it with these parameters: `resolve.py TEMPLATE OUT [NAME=VALUE]...`.

The transform is SAM's own. Parameters and conditions are replaced by their values, and what a condition leaves out is
left out, so that a linter judges what is deployed.
"""

import json
import os
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "123456789012",
    "AWS::StackName": "crowfly",
    "AWS::URLSuffix": "amazonaws.com",
}
NO_VALUE = {"Ref": "AWS::NoValue"}


class NoPolicies:
    """Policies that SAM knows by name; the template names none."""

    def load(self):
        return {}


def main(source, target, *given):
    # SAM asks boto3 for it.
    os.environ["AWS_DEFAULT_REGION"] = PSEUDO["AWS::Region"]
    with open(source, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    for functions in [template["Globals"]["Function"], *(r["Properties"] for r in template["Resources"].values())]:
        if "CodeUri" in functions:
            functions["CodeUri"] = "s3://artefacts/function.zip"
    own = template["Parameters"]
    values = {name: about.get("Default", f"{name}-without-default") for name, about in own.items()}
    for pair in given:
        name, _, value = pair.partition("=")
        if name not in own:
            sys.exit(f"{source} has no parameter {name}")
        values[name] = value
    for name, about in own.items():
        if "List" in about["Type"]:
            values[name] = str(values[name]).split(",")
    resolved = resolve(transform(template, {}, NoPolicies()), values | PSEUDO)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(resolved, file, indent=1)


def resolve(template, values):
    conditions = template["Conditions"]

    def holds(test):
        if isinstance(test, str):
            return holds(conditions[test])
        ((name, of),) = test.items()
        match name:
            case "Condition":
                return holds(of)
            case "Fn::Equals":
                return str(value(of[0])) == str(value(of[1]))
            case "Fn::Not":
                return not holds(of[0])
            case "Fn::And":
                return all(holds(each) for each in of)
            case "Fn::Or":
                return any(holds(each) for each in of)
        raise ValueError(f"a condition by {name}")

    def value(node):
        if isinstance(node, list):
            return [item for item in map(value, node) if item != NO_VALUE]
        if not isinstance(node, dict):
            return node
        if set(node) == {"Ref"}:
            return values.get(node["Ref"], node)
        if set(node) == {"Fn::If"}:
            condition, yes, no = node["Fn::If"]
            return value(yes if holds(condition) else no)
        made = {name: value(item) for name, item in node.items()}
        return {name: item for name, item in made.items() if item != NO_VALUE}

    kept = {
        name: value({part: content for part, content in resource.items() if part != "Condition"})
        for name, resource in template["Resources"].items()
        if "Condition" not in resource or holds(resource["Condition"])
    }
    return {"AWSTemplateFormatVersion": template["AWSTemplateFormatVersion"], "Resources": kept}


if __name__ == "__main__":
    main(*sys.argv[1:])
