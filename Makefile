# The development commands. Each sets up what it needs: Python 3.12 or newer is all they expect.
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-stripe demo-reset demo-import test check fix shots bench-payments load-payments bench-inbox bench-slots soak lock

help:  ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup:  ## Make .venv from the hashed development lock
	@deploy/dev/setup.sh dev

demo:  ## Run the demo on 127.0.0.1 (PORT=8000, DATABASE_URL for another database than var/)
	@deploy/dev/setup.sh run
	@exec .venv/bin/python deploy/dev/demo.py run

demo-stripe:  ## Run the demo with the Stripe SDK against a fake Stripe (PORT and the port after it)
	@deploy/dev/setup.sh run
	@exec .venv/bin/python deploy/dev/demo.py stripe

demo-reset:  ## Start the demo's data over, with fresh dates
	@deploy/dev/setup.sh run
	@exec .venv/bin/python deploy/dev/demo.py reset

demo-import:  ## Load the FHIR bundles of ../shared/data/fhir beside the demo's people
	@deploy/dev/setup.sh run
	@exec .venv/bin/python deploy/dev/demo.py import ../shared/data/fhir

test: setup  ## Run the tests (ARGS="tests/records -k name" for some)
	@deploy/dev/test.sh $(ARGS)

check: setup  ## Run every static check
	@deploy/dev/check.sh

fix: setup  ## Apply the formatters and the safe mends of the linter
	@deploy/dev/fix.sh

shots: setup  ## Photograph the main pages of the demo into var/shots/
	@exec .venv/bin/python deploy/dev/shots.py

bench-payments: setup  ## Measure how many payments a second are posted, and verify the ledger after
	@POSTGRES_DURABLE=1 deploy/dev/with_postgres.sh .venv/bin/python deploy/dev/bench_payments.py

load-payments: setup  ## Pay while processes are killed and the provider fails, and compare the sums (LOAD_SECONDS=75)
	@deploy/dev/with_postgres.sh .venv/bin/python deploy/dev/load_payments.py

bench-inbox: setup  ## Measure what a page of the inbox costs among 100,000 conversations
	@deploy/dev/with_postgres.sh .venv/bin/python deploy/dev/bench_inbox.py

bench-slots: setup  ## Measure what a search for free times costs among 200 providers and 60 days
	@deploy/dev/with_postgres.sh .venv/bin/python deploy/dev/bench_slots.py

soak: setup  ## Drive payments through many more whole lives than make test does (LIFE_EXAMPLES=2000)
	@deploy/dev/soak.sh

lock: setup  ## Resolve the dependencies of pyproject.toml again
	@deploy/dev/lock.sh
