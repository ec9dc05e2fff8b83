#!/bin/sh
# Points the demo page at a stack: sh configure.sh [STACK]
# Region and credentials are those of the AWS CLI. Writes page/config.json; nothing in it is a secret.
set -eu
stack=${1:-crowfly}

output() {
  aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}

if [ -z "$(output UserPoolId)" ]; then
  echo "the stack $stack has an issuer of its own; page/README.md describes auth.kind oidc" >&2
  exit 1
fi
issuer=$(output Issuer)
endpoint=${AWS_ENDPOINT_URL:-${issuer%/*}}
cat > "$(dirname "$0")/page/config.json" <<JSON
{
  "api": "$(output Api)",
  "region": "$(output Region)",
  "auth": { "kind": "cognito", "endpoint": "$endpoint", "clientId": "$(output ClientId)" }
}
JSON
echo "page/config.json points at the stack $stack"
