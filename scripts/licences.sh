#!/bin/sh
# Prints the licences and notices of everything that is linked into the program, on any platform: they must
# travel with a binary.
set -eu
cd "$(dirname "$0")/.."

for os in linux darwin windows; do
	GOOS=$os go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/waybill
done | sort -u | while read -r path version dir; do
	printf '\n================ %s %s ================\n' "$path" "$version"
	found=''
	for file in "$dir"/LICEN[CS]E* "$dir"/COPYING* "$dir"/NOTICE*; do
		[ -f "$file" ] || continue
		found=yes
		printf '\n---- %s\n\n' "${file##*/}"
		cat "$file"
	done
	[ -n "$found" ] || { echo "$path has no licence file" >&2; exit 1; }
done
printf '\n================ The Go standard library ================\n\n'
# Some distributions keep Go's licence elsewhere; its text is that of the golang.org/x modules above.
cat "$(go env GOROOT)/LICENSE" 2>/dev/null || echo 'As golang.org/x/sys above.'
printf '\n================ Noto fonts ================\n\n'
cat label/fonts/OFL.txt
printf '\n================ Scalar ================\n\n'
cat server/docs/SCALAR-LICENCE.txt
