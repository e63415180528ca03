# Vigie: one number, always someone. `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run call build check test bench faults tools test-tools clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{split($$1, name, ":"); printf "  make %-8s %s\n", name[1], $$2}'

# npm writes this file at the end of a whole install; an older lockfile means that nothing needs to be done.
node_modules/.package-lock.json: package.json package-lock.json
	@echo "installing npm packages (about a minute: the SQLite driver is compiled where no ready one fits)"
	@npm ci --no-audit --no-fund
	@touch $@

tools: ## Put Asterisk and espeak-ng into the checkout where the machine has none
	@[ "$(CARRIER)" = twilio ] || sh scripts/get-asterisk.sh
	@sh scripts/get-tools.sh espeak-ng

test-tools: tools
	@sh scripts/get-tools.sh

build: node_modules/.package-lock.json ## Compile TypeScript into build/
	@echo "compiling"; npx tsc -p tsconfig.json

run: tools build ## Start the line with a small telephone network, and place a first call (CARRIER=twilio: on a loopback Twilio)
	@node build/scripts/demo.js

call: ## Place another call: make call FROM=+33612345678 TO=+33199001001 PRESS=75011 (FROM=hidden hides it)
	@$(foreach v,FROM TO PRESS TALK,$(if $($(v)),$(v)='$($(v))')) node build/scripts/call.js

check: node_modules/.package-lock.json ## Types, lint, floating promises, layers
	npx tsc -p tsconfig.json --noEmit
	npx biome check .
	npx eslint .
	npx depcruise server --config .dependency-cruiser.cjs

test: test-tools build check ## Everything, real Asterisk included
	node build/scripts/test.js

bench: test-tools build ## Measure, print a table, write var/bench.json
	node build/scripts/bench.js

faults: test-tools build ## Inject faults for real, print a table, write var/faults.json and docs/faults.md: make faults ONLY=server-kill SCALE=0.1
	@node build/scripts/faults.js

clean: ## Remove what was built or made; installed tools stay
	rm -rf build var
