#!/bin/sh
# `make test`: everything that can be checked on this machine.
#
# Some tests need programs of others: PostgreSQL (a throw-away server is started from its binaries),
# zbarimg and pdftoppm to judge labels, curl, Python and Node to be clients, npm for a linter and the TypeScript client, Chromium to read the reference, a C compiler for the race detector. What is missing is installed
# where that is allowed: as root, with apt-get. Elsewhere the tests that need it are skipped, and the last
# lines say so; under CI=true that is a failure.
set -eu
cd "$(dirname "$0")/.."

oldest_postgres=15

heading() { printf '\n== %s\n' "$*"; }
has() { command -v "$1" >/dev/null 2>&1; }

# has_postgres: a server of ours can be started, or one is lent.
has_postgres() {
	[ -z "${WAYBILL_TEST_POSTGRES:-}" ] || return 0
	for server in "$(command -v postgres || true)" /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres \
		/opt/homebrew/opt/postgresql@*/bin/postgres /usr/local/opt/postgresql@*/bin/postgres /usr/local/pgsql/bin/postgres; do
		[ -x "$server" ] || continue
		major=$("$server" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
		[ "${major:-0}" -lt "$oldest_postgres" ] || return 0
	done
	return 1
}

# look: which tools are missing, in words and as Debian packages.
look() {
	missing='' packages=''
	has_postgres || { missing="$missing, PostgreSQL $oldest_postgres or newer"; packages="$packages postgresql"; }
	has zbarimg || { missing="$missing, zbarimg"; packages="$packages zbar-tools"; }
	{ has pdftoppm && has pdftotext; } || { missing="$missing, pdftoppm"; packages="$packages poppler-utils"; }
	has promtool || { missing="$missing, promtool"; packages="$packages prometheus"; }
	has curl || { missing="$missing, curl"; packages="$packages curl"; }
	has python3 || { missing="$missing, Python 3"; packages="$packages python3"; }
	{ has node && has npm; } || { missing="$missing, Node.js with npm"; packages="$packages nodejs npm"; }
	has chromium || { missing="$missing, Chromium"; packages="$packages chromium"; }
	has "$(go env CC)" || { missing="$missing, a C compiler"; packages="$packages gcc libc6-dev"; }
	missing=${missing#, } packages=${packages# }
}

has go || { echo 'Go is needed: https://go.dev/dl' >&2; exit 1; }

look
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && has apt-get; then
	heading "installing $packages"
	# shellcheck disable=SC2086 # a list of words
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } ||
		echo 'That did not work.' >&2
	look
fi
if [ -n "$missing" ]; then
	heading "missing: $missing"
	if has brew; then
		echo '    brew install postgresql@17 zbar poppler node' >&2
	elif has dnf; then
		echo '    sudo dnf install postgresql-server zbar poppler-utils gcc python3 nodejs npm' >&2
	elif has apk; then
		echo '    sudo apk add postgresql17 zbar poppler-utils build-base curl python3 nodejs npm' >&2
	else
		echo "    sudo apt-get install $packages" >&2
	fi
	if [ "${CI:-}" = true ]; then
		echo 'CI=true: nothing may be skipped.' >&2
		exit 1
	fi
fi

heading 'formatting, vet, who imports whom'
sh scripts/check.sh

heading 'all tests, on SQLite and on PostgreSQL'
go test -timeout 1h ./...

if has "$(go env CC)"; then
	heading 'race detector, on what runs concurrently'
	# Every closure that writes runs twice there: the store may do that, and nothing may come of the first time.
	WAYBILL_TWICE=1 CGO_ENABLED=1 go test -race -short -timeout 1h ./store/... ./engine ./job ./dialect ./carrier
fi

heading 'the OpenAPI documents'
sh scripts/openapi.sh

heading 'what is made from the code'
sh scripts/verify.sh

if [ -n "$missing" ]; then
	printf '\n*** PASSED, BUT NOT EVERYTHING WAS TESTED. Missing here: %s ***\n' "$missing"
else
	printf '\nEverything passed.\n'
fi
