#!/bin/sh
# The TypeScript client, in a folder of its own so that this one stays clean.
#
#   typescript.sh generate   rewrites client/typescript/src/api.ts from the OpenAPI document
#   typescript.sh check      fails where that was forgotten, checks the types, and runs the client against a server
#
# Its tools come by npm, as package-lock.json pins them.
set -eu
cd "$(dirname "$0")/.."

if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
	echo 'SKIPPED: the TypeScript client needs Node.js and npm' >&2
	[ "${CI:-}" != true ] || exit 1
	exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R client/typescript/. "$work"
rm -rf "$work/node_modules" "$work/dist"
go run ./internal/clientgen -bare -document "$work/api.json"
(cd "$work" && npm ci --silent --no-audit --no-fund && npx --no-install openapi-typescript api.json --output api.ts >/dev/null)

case ${1:-check} in
generate)
	cat "$work/api.ts" >client/typescript/src/api.ts
	;;
check)
	if ! cmp -s client/typescript/src/api.ts "$work/api.ts"; then
		echo 'client/typescript/src/api.ts is out of step with the API: run make generate' >&2
		exit 1
	fi
	if grep -q '"resolved"' client/typescript/package-lock.json; then
		echo 'client/typescript/package-lock.json names the registry it was made with' >&2
		exit 1
	fi
	(cd "$work" && npm run --silent build)
	WAYBILL_TEST_TYPESCRIPT=$work go test -count=1 -run '^TestTypeScriptClient$' ./cmd/waybill
	;;
esac
