#!/bin/sh
# Fails when something made from the code is out of step with it, or a library is not the one in go.sum.
set -eu
cd "$(dirname "$0")/.."

go test -count=1 -run '^TestRulesDocument' ./rule
sample=$(mktemp)
trap 'rm -f "$sample"' EXIT
go run ./cmd/waybill sample-config >"$sample"
if ! diff -u packaging/waybill.yaml "$sample"; then
	echo 'packaging/waybill.yaml is out of step with the code: run make generate' >&2
	exit 1
fi
go run ./internal/clientgen -check
sh scripts/typescript.sh check
go mod verify
