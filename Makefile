# What one can do here. `make help` lists it.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X waybill/app.Version=$(VERSION)

.DEFAULT_GOAL := help
.PHONY: help run test check lint build generate verify bench torture dist clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## start the demo: demo data, simulated carriers, parcels walked through each API
	go run -ldflags '$(LDFLAGS)' ./cmd/waybill demo

test: ## check and test everything, on SQLite and on PostgreSQL
	@sh scripts/test.sh

check: ## the quick checks: formatting, vet, who imports whom
	@sh scripts/check.sh

lint: ## what golangci-lint says (install it yourself: https://golangci-lint.run)
	golangci-lint run

build: ## build ./waybill for this machine
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o waybill ./cmd/waybill

generate: ## rewrite what is made from the code: the clients, tables in docs/rules.md, packaging/waybill.yaml
	@sh scripts/generate.sh

verify: ## fail when something made from the code is out of step with it
	@sh scripts/verify.sh

bench: ## run the Go benchmarks, then measure the program itself
	go test -run '^$$' -bench . -benchmem ./...
	go run -ldflags '$(LDFLAGS)' ./cmd/waybill bench

torture: ## kill the program over and over while it books; takes long
	WAYBILL_TORTURE=1 go test -count=1 -timeout 2h -v -run Torture ./...

dist: ## static binaries for six platforms and their checksums, in dist/
	@VERSION='$(VERSION)' sh scripts/dist.sh

clean: ## remove what was built
	rm -rf dist waybill
