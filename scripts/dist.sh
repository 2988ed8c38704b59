#!/bin/sh
# `make dist`: a static binary for each platform, the licences of what is in it, checksums.
set -eu
cd "$(dirname "$0")/.."

: "${VERSION:=dev}"
rm -rf dist
mkdir dist
for platform in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64; do
	os=${platform%/*} arch=${platform#*/} suffix=''
	[ "$os" != windows ] || suffix=.exe
	file="waybill_${VERSION}_${os}_${arch}$suffix"
	echo "$file"
	CGO_ENABLED=0 GOOS=$os GOARCH=$arch go build -trimpath -ldflags "-s -w -X waybill/app.Version=$VERSION" -o "dist/$file" ./cmd/waybill
done
cp LICENSE NOTICE dist/
sh scripts/licences.sh >dist/THIRD-PARTY-LICENCES
cd dist
if command -v sha256sum >/dev/null 2>&1; then
	sha256sum -- * >../SHA256SUMS.new
else
	shasum -a 256 -- * >../SHA256SUMS.new
fi
mv ../SHA256SUMS.new SHA256SUMS
