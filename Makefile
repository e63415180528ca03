# Vigie: one number, always someone. `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run call build check test bench faults tools asterisk speech test-tools test-build clean

# $(call say,en français,in English): progress, in one language.
say = case "$${LC_ALL:-$${LC_MESSAGES:-$$LANG}}" in en*) echo "$(2)";; *) echo "$(1)";; esac

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{split($$1, name, ":"); printf "  make %-8s %s\n", name[1], $$2}'

driver := node_modules/better-sqlite3/build/Release/better_sqlite3.node

# npm writes this file at the end of an install; an older lockfile means that nothing needs to be done. Running needs few packages;
# those of the tests (test/package.json) are added where something asks for them.
node_modules/.package-lock.json: package.json package-lock.json test/package.json
	@$(call say,installation des paquets npm,installing npm packages)
	@npm ci --workspaces=false --ignore-scripts
	@touch $@

node_modules/.tests: node_modules/.package-lock.json
	@$(call say,installation des paquets des essais,installing the packages of the tests)
	@npm install --no-save --ignore-scripts
	@[ ! -e $(driver) ] || touch $(driver)
	@touch $@

# An install begins with an empty folder: the driver is fetched anew after each.
$(driver): node_modules/.package-lock.json
	@$(call say,pilote SQLite (compilé ici en une minute environ si aucun ne convient),fetching the SQLite driver (compiled here about a minute where no ready one fits))
	@JOBS=max npm rebuild better-sqlite3
	@touch $@

asterisk:
	@[ "$(CARRIER)" = twilio ] || sh scripts/get-asterisk.sh

speech:
	@sh scripts/get-tools.sh espeak-ng

tools: asterisk speech ## Put Asterisk and espeak-ng into the checkout where the machine has none

test-tools: tools
	@sh scripts/get-tools.sh

# What runs, and no types: `make check` looks at those.
build/server/.built: node_modules/.package-lock.json tsconfig.json tsconfig.run.json $(shell find server scripts test -name '*.ts')
	@$(call say,compilation,compiling)
	@npx tsc -p tsconfig.run.json
	@touch $@

build: $(driver) build/server/.built ## Compile what runs into build/

run: ## Start the line with a small telephone network, and place a first call (CARRIER=twilio: on a loopback Twilio)
	@$(MAKE) --no-print-directory -j3 tools build
	@node build/scripts/demo.js

call: ## Place another call: make call FROM=+33612345678 TO=+33199001001 PRESS=75011 (FROM=hidden hides it)
	@$(foreach v,FROM TO PRESS TALK,$(if $($(v)),$(v)='$($(v))')) node scripts/call.mjs

check: node_modules/.tests ## Types, lint, floating promises, layers
	npx tsc -p tsconfig.json --noEmit
	npx biome check .
	npx eslint .
	npx depcruise server --config .dependency-cruiser.cjs

# Everything, types included.
test-build: node_modules/.tests $(driver)
	@$(call say,compilation avec les types,compiling with types)
	@npx tsc -p tsconfig.json

test: test-tools test-build check ## Everything, real Asterisk included
	node build/scripts/test.js

bench: test-tools test-build ## Measure, print a table, write var/bench.json
	node build/scripts/bench.js

faults: test-tools test-build ## Inject faults for real, print a table, write var/faults.json and docs/faults.md: make faults ONLY=server-kill SCALE=0.1
	@node build/scripts/faults.js

clean: ## Remove what was built or made; installed tools stay
	rm -rf build var
