# Vigie: one number, always someone. `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help build check

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

node_modules: package.json package-lock.json
	npm ci
	@touch node_modules

build: node_modules ## Compile TypeScript into build/
	npx tsc -p tsconfig.json

check: node_modules ## Types, lint, floating promises, layers
	npx tsc -p tsconfig.json --noEmit
	npx biome check .
	npx eslint .
	npx depcruise server --config .dependency-cruiser.cjs
