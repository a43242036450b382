# `make` alone prints help. Every target does its own set-up from nothing but Python 3.11+, git and make.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
export PYTHONUTF8 := 1

##@ Try it
.PHONY: help demo sample
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: sample ## Load the sample pages and ask 我的头很痛 in two ways

sample: $(VENV)/core ## The same, without a page in the browser
	@rm -rf var/demo
	@echo "== 读入样本 samples/pages"
	@XINGLIN_ENGINE=embedded:var/demo $(RUN) -m indexer load samples/pages
	@echo
	@echo "== 我的头很痛：同一个问题，按字词（bm25）与按意思（hybrid）"
	@XINGLIN_ENGINE=embedded:var/demo $(RUN) -m search side-by-side 我的头很痛 --rankings bm25,hybrid
	@echo
	@echo "再试：XINGLIN_ENGINE=embedded:var/demo $(RUN) -m search query 脑袋一跳一跳地疼"

##@ Judge it
.PHONY: evaluate bench
evaluate: $(VENV)/core ## The samples' table, each leg left out in turn, and the floors
	@$(RUN) -m search evaluate samples --ablate --floors tests/quality/floors.json

bench: $(VENV)/bench ## Speed and memory, side by side with plain tantivy, numpy and Elasticsearch
	@$(RUN) -m bench $(BENCH_ARGS)

##@ Work on it
.PHONY: test test-failure check format services clean
test: $(VENV)/dev services ## Everything but the failure tests
	$(RUN) -m pytest -m "not failure" $(PYTEST_ARGS)

test-failure: $(VENV)/dev services ## Killed processes, full disks
	$(RUN) -m pytest -m failure $(PYTEST_ARGS)

check: $(VENV)/dev ## ruff and mypy
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy search indexer web

format: $(VENV)/dev ## ruff, mending what it can
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

services: ## What the service tests need from the package manager, where it may be asked
	@command -v mvn >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "== apt-get install maven (fetches Elasticsearch for the tests)"; \
	    apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends maven >/dev/null; \
	  else echo "Elasticsearch's tests need Maven: install the package maven"; fi; }

clean: ## Remove what was built and stored (not the virtual environment)
	rm -rf var

$(VENV)/core: requirements-core.txt
	@$(PYTHON) -c 'import sys; sys.exit("Xinglin needs Python 3.11 or newer; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "== 安装依赖（requirements-core.txt，约一分半钟）"
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install -q --disable-pip-version-check -r requirements-core.txt
	@touch $@

$(VENV)/bench: requirements-bench.txt $(VENV)/dev
	@$(RUN) -m pip install -q --disable-pip-version-check -r requirements-bench.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt requirements.txt $(VENV)/core
	@echo "== 安装测试所需（requirements-dev.txt；其中 torch 要几分钟）"
	@$(RUN) -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@
