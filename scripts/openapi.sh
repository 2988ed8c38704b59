#!/bin/sh
# Holds the OpenAPI documents of all APIs against the rules of a linter, which comes by npm as package-lock.json pins it.
set -eu
cd "$(dirname "$0")/.."

if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
	echo 'SKIPPED: linting the OpenAPI documents needs Node.js and npm' >&2
	[ "${CI:-}" != true ] || exit 1
	exit 0
fi
if grep -q '"resolved"' scripts/openapi/package-lock.json; then
	echo 'scripts/openapi/package-lock.json names the registry it was made with' >&2
	exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp scripts/openapi/* "$work"
mkdir "$work/documents"
go run ./internal/clientgen -document "$work/documents/native.json"
for document in dialect/*/openapi.yaml; do
	cp "$document" "$work/documents/$(basename "$(dirname "$document")").yaml"
done
cd "$work"
npm ci --silent --no-audit --no-fund
# A warning is a finding too.
if ! REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true npx --no-install redocly lint --format=stylish --max-problems=1000 documents/* >found 2>said ||
	grep -q ' warning ' found; then
	cat said found >&2
	exit 1
fi
