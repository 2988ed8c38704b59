#!/bin/sh
# Rewrites what is made from the code. `make verify` fails where this was forgotten.
set -eu
cd "$(dirname "$0")/.."

go test -count=1 -run '^TestRulesDocumentTables$' ./rule -update
sample=$(mktemp)
trap 'rm -f "$sample"' EXIT
go run ./cmd/waybill sample-config >"$sample"
cat "$sample" >packaging/waybill.yaml
go run ./internal/clientgen
sh scripts/typescript.sh generate
