# Every command a person needs; `make help` lists them. All of them set up what they need first.

PYTHON ?= python3
CORPUS ?= corpus
BIN := .venv/bin

# The question reaches the shell as it was typed: never expanded by make, whatever $, quotes or backslashes it holds.
unexport Q
# What is compiled once is not compiled again by each of the processes that tests start.
unexport PYTHONDONTWRITEBYTECODE
export QUESTION := $(value Q)

.PHONY: $(shell grep -oE "^[a-z-]+:" Makefile | tr -d :)
.DEFAULT_GOAL := help

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

setup: .venv/.ready ## Make .venv with everything to run; leaves .venv/bin/quicktakes

ask: .venv/.ready ## Answer a question: make ask Q="..." [CORPUS=folder]
	@$(BIN)/quicktakes ask --corpus-dir "$(CORPUS)" -- "$$QUESTION"; \
	code=$$?; [ $$code -eq 3 ] || exit $$code  # abstaining is an answer, not a failure of make

serve: .venv/.ready ## Open http://127.0.0.1:8000 to ask on: make serve [CORPUS=folder] [PORT=8000]
	@$(BIN)/quicktakes serve --corpus-dir "$(CORPUS)" --port $(or $(PORT),8000)

test: .venv/.ready-dev ## Run all tests
	$(BIN)/pytest

test-schema: .venv/.ready-dev ## Send the service 5,000 requests drawn from the document that describes it
	$(BIN)/pytest -n 2 tests/api/test_schema.py --hypothesis-profile whole

test-ray: .venv-ray/.ready ## Run the tests that start Ray, in an environment of their own
	.venv-ray/bin/python -m pytest -n 0 -m ray -p no:unraisableexception  # Ray leaves ended children unreaped

test-live: .venv-live/.ready ## Run the tests that talk to a real language model, in an environment of their own
	.venv-live/bin/python -m pytest -n 0 -m live tests/live

test-postgres: .venv/.ready-dev ## Run the tests of the records against PostgreSQL too, installed from Debian's packages where it is not
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
	|| { apt-get update && apt-get install --yes --no-install-recommends postgresql; }
	$(BIN)/python tests/records/with_postgres.py

test-redis: .venv/.ready-dev ## Run the tests of limits that workers share against Redis, installed from Debian's packages where it is not
	@command -v redis-server >/dev/null || { $(SUDO) apt-get update && $(SUDO) apt-get install --yes --no-install-recommends redis-server; }
	$(BIN)/python tests/api/with_redis.py

test-browser: .venv/.ready-dev .chromium ## Drive the pages in a real browser; installs Debian's Chromium where there is none
	$(BIN)/pytest -m browser tests/browser

screenshots: .venv/.ready-dev .chromium ## Take the pictures of the pages in docs/screenshots
	$(BIN)/python tests/browser/take_screenshots.py docs/screenshots

.PHONY: .chromium
.chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) apt-get install -qq --no-install-recommends chromium fonts-noto-core optipng; }

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

check: lint imports docs corpus-lint vectors .chromium ## The whole gate; CI runs this
	@$(MAKE) --no-print-directory --jobs 2 check-tests types test-live eval-check check-pages

eval: .venv/.ready ## Measure the whole suite over a corpus, write the report, and hold it to the gates: [CORPUS=folder]
	$(BIN)/quicktakes eval run --corpus-dir "$(CORPUS)"
	$(BIN)/quicktakes eval report --baseline evals/baseline --gates evals/gates.yaml
	$(BIN)/quicktakes eval self-test --corpus-dir "$(CORPUS)"
	$(BIN)/quicktakes eval gate

# Without floors, which no gate reads; a clean clone has the vectors by then.
GATED := eval run --split test --no-floors --corpus-dir corpus --data-dir .quicktakes

eval-check: vectors ## Hold sixteen clusters of each kind, the same ones always, to evals/gates-check.yaml; the whole: make eval
	@rm -rf .quicktakes/gated && $(BIN)/quicktakes $(GATED) --sample 16 --out .quicktakes/gated > /dev/null
	$(BIN)/quicktakes eval gate --gates evals/gates-check.yaml --out .quicktakes/gated

check-tests: .venv/.ready-dev  # keeps most of two cores busy; the slow ones too: make test
	$(BIN)/pytest -m "not browser and not slow"

eval-baseline: vectors ## Make the run that gates compare with anew, for a change that is meant to change answers
	@rm -rf .quicktakes/gated && $(BIN)/quicktakes $(GATED) --out .quicktakes/gated
	mkdir -p evals/baseline && cp $(addprefix .quicktakes/gated/*/,manifest.json plan.jsonl scores.jsonl scoring.json) evals/baseline

vectors: .venv/.ready  # of the starter corpus, made once for the tests that would each make them
	@$(BIN)/quicktakes index sync --corpus-dir corpus --data-dir .quicktakes > /dev/null

check-pages: .venv/.ready-dev .chromium  # asking, sources, and the pages without scripts; all of it: make test-browser
	$(BIN)/pytest -m browser tests/browser/test_asking_pages.py tests/browser/test_sources.py tests/browser/test_without_scripts.py

lint: .venv/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.ready-dev
	$(BIN)/basedpyright

imports: .venv/.ready-dev
	$(BIN)/lint-imports

docs: .venv/.ready-dev
	$(BIN)/python -m docs.generate --check

corpus-lint: .venv/.ready-dev
	$(BIN)/quicktakes corpus lint corpus

format: .venv/.ready-dev ## Format the code, mend what can be mended, and generate the generated pages
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m docs.generate

bench: .venv/.ready-dev ## Time sync and queries: make bench [CORPUS=folder]
	$(BIN)/python -m bench.speed --corpus-dir "$(CORPUS)"

bench-large: .venv/.ready-dev ## Time search and sync over 36,000 entries made from those of a corpus: CORPUS=folder
	$(BIN)/python -m bench.large --corpus-dir "$(CORPUS)" $(if $(SCRATCH),--scratch "$(SCRATCH)")

bench-embedding: .venv/.ready-dev ## Compare the embedder with ONNX Runtime's best: CORPUS=folder
	$(BIN)/python -m bench.embedding --corpus-dir "$(CORPUS)"

bench-retrieval: .venv/.ready-dev ## Measure ranking and confidence on the development questions: CORPUS=folder
	$(BIN)/python -m bench.retrieval --corpus-dir "$(CORPUS)"

bench-tried: .venv/.ready-dev ## Measure levers of ranking that were not kept: CORPUS=folder
	$(BIN)/python -m bench.tried --corpus-dir "$(CORPUS)"

bench-answers: .venv/.ready-dev ## Count what becomes of the development questions: CORPUS=folder
	$(BIN)/python -m bench.answers --corpus-dir "$(CORPUS)"

bench-follow-ups: .venv/.ready-dev ## Measure how follow-ups are resolved, over the starter corpus
	$(BIN)/python -m bench.follow_ups

bench-composed: .venv/.ready-dev ## Measure how composed answers read: CORPUS=folder
	$(BIN)/python -m bench.composed --corpus-dir "$(CORPUS)"

bench-grounding: .venv/.ready-dev ## Count what becomes of true, altered and invented sentences: [SPLIT=dev|near|test]
	$(BIN)/python -m bench.grounding $(if $(SPLIT),--split "$(SPLIT)")

bench-tutoring: .venv/.ready-dev ## Measure how the tutor checks, hints and simplifies, over the starter corpus: [SPLIT=test]
	$(BIN)/python -m bench.tutoring $(if $(SPLIT),--split "$(SPLIT)")

bench-premises: .venv/.ready-dev ## Count the false premises that answers correct, and false alarms: [SPLIT=dev|test]
	$(BIN)/python -m bench.premises $(if $(SPLIT),--split "$(SPLIT)")

bench-generation: .venv/.ready-dev ## Time a generated answer beside its model, which is instant
	$(BIN)/python -m bench.generation --corpus-dir "$(CORPUS)"

bench-cached: .venv/.ready-dev ## Time an answer that was written before, beside one that is composed: CORPUS=folder
	$(BIN)/python -m bench.cached --corpus-dir "$(CORPUS)"

bench-suggestions: .venv/.ready-dev ## Measure what is suggested after the development questions: CORPUS=folder
	$(BIN)/python -m bench.suggestions --corpus-dir "$(CORPUS)"

bench-lint: .venv/.ready-dev ## Time the linter over 35,915 entries made from those of a corpus: CORPUS=folder
	$(BIN)/python -m bench.lint --corpus-dir "$(CORPUS)"

bench-watch: .venv/.ready-dev ## Time how soon a saved entry is found while the corpus is watched: CORPUS=folder
	$(BIN)/python -m bench.watch --corpus-dir "$(CORPUS)"

bench-kills: .venv/.ready-dev ## Kill 200 syncs at random moments, and prove the index after each: CORPUS=folder
	$(BIN)/python -m bench.kills --corpus-dir "$(CORPUS)"

bench-service: .venv/.ready-dev ## Put the service under load: searches, repeated questions, streams, restarts: [QUICK=1]
	$(BIN)/python -m bench.service --corpus-dir "$(CORPUS)" $(if $(QUICK),--quick)

bench-chat: .venv/.ready-dev ## Measure the CPU that a token of a streamed reply takes
	$(BIN)/python -m bench.chat

lock: .venv/.ready-dev ## Choose dependency versions anew and write the lock files
	$(BIN)/uv pip compile $(LOCK) --group setup -o requirements.lock
	$(BIN)/uv pip compile $(LOCK) --group setup --group dev -o requirements-dev.lock
	$(BIN)/uv pip compile $(LOCK) --group setup --group dev --extra ray -c requirements-dev.lock -o requirements-ray.lock
	$(BIN)/uv pip compile $(LOCK) --group setup --group dev --group live -c requirements-dev.lock -o requirements-live.lock
	grep -A 99 '^uv==' requirements.lock | sed '/^    #/,$$d' > requirements-uv.lock

LOCK := --quiet --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-header pyproject.toml

clean: ## Delete .venv, the indexes and all caches
	rm -rf .venv .venv-ray .venv-live .quicktakes .pytest_cache .ruff_cache .hypothesis

.venv/bin/uv: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "error: Python 3.11 or newer is needed; name one with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

.venv/.ready: .venv/bin/uv requirements.lock pyproject.toml
	@rm -f .venv/.ready-dev
	$(call install,requirements.lock)

.venv/.ready-dev: .venv/.ready requirements-dev.lock
	$(call install,requirements-dev.lock)

.venv-ray/.ready: .venv/.ready requirements-ray.lock
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-ray
	$(BIN)/uv pip sync --quiet --python .venv-ray/bin/python --require-hashes requirements-ray.lock
	$(BIN)/uv pip install --quiet --python .venv-ray/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv-live/.ready: .venv/.ready requirements-live.lock
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-live
	$(BIN)/uv pip sync --quiet --python .venv-live/bin/python --require-hashes requirements-live.lock
	$(BIN)/uv pip install --quiet --python .venv-live/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

define install
$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode $(1)
$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
$(BIN)/python -m compileall -q rag api evals
@touch $@
endef
