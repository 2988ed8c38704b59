#!/bin/sh
# The quick checks. They need nothing but Go.
set -eu
cd "$(dirname "$0")/.."

unformatted=$(gofmt -l .)
if [ -n "$unformatted" ]; then
	printf 'Not formatted (run gofmt -w on them):\n%s\n' "$unformatted" >&2
	exit 1
fi
go vet ./...
# -count=1: the root's tests read every other package, which the test cache does not see.
go test -count=1 .
