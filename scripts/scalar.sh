#!/bin/sh
# Fetches the library that shows the reference at /docs anew: the release that server/docs.go names. npm holds what it
# fetches against the registry's checksum; ours is of the one file that is kept.
set -eu
cd "$(dirname "$0")/.."

constant() { sed -n "s/^[[:space:]]*$1 *= \"\(.*\)\"/\1/p" server/docs.go; }
version=$(constant ScalarVersion) want=$(constant ScalarSum)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "@scalar/api-reference@$version" >/dev/null && tar -xzf ./*.tgz)
file=$work/package/dist/browser/standalone.js
got=$(sha256sum "$file" | cut -d ' ' -f 1)
if [ "$got" != "$want" ]; then
	echo "standalone.js of $version has the checksum $got; server/docs.go says $want" >&2
	exit 1
fi
gzip -9 -n -c "$file" >server/docs/scalar.js.gz
