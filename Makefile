# Two commands on a fresh machine with git, make and Python >= 3.11: make demo, make test.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
TF ?= cpu
LOCK := envs/requirements$(if $(filter gpu,$(TF)),-gpu).lock
PIP := .venv/bin/pip --disable-pip-version-check install --quiet
# a worker per core; modules go to the workers whole, as their tests share fixtures, in the order of tests/conftest.py
PYTEST := pytest -n 2 --dist loadscope --no-loadscope-reorder -q
STAMP := .venv/.installed-$(TF)
TOOLS := .venv/.installed-tools
# the scripts of the workflow run "python": let them find this one
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# each job is a process: without bytecode, each would compile the library again
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install tools demo yeast test test-slow test-real test-torch test-jax bench bench-memory check lock library schema rulegraph report

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(STAMP)  ## make .venv with what the workflow needs (TF=gpu: CUDA)

.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.version_info >= (3, 14))' \
		|| { echo "make: $$($(PYTHON) --version) found, Python 3.11 to 3.13 is needed: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(STAMP): $(LOCK) pyproject.toml | .venv
	$(PIP) --require-hashes -r $(LOCK)
	$(PIP) --no-deps -e .
	touch $@

tools: $(TOOLS)  ## add the test tools and the linters

$(TOOLS): envs/requirements-test.lock $(STAMP)
	$(PIP) --require-hashes -r envs/requirements-test.lock
	touch $@

.venv/torch .venv/jax: .venv/%: envs/requirements-%.lock $(STAMP)
	rm -rf $@
	$(PIP) --require-hashes --no-deps --target $@ -r $<

demo: install  ## run the embedded demo and show its results
	snakemake --cores all --quiet rules
	@jangdan results results/demo

yeast: install  ## run on the real yeast data (data_dir of config/yeast_binding.yaml)
	snakemake --cores all --quiet rules --configfile config/yeast_binding.yaml
	@jangdan results results/yeast_binding

test: tools  ## all fast tests
	bash envs/apt.sh bedtools samtools
	$(PYTEST)

test-slow: tools  ## the slow tests (THIRD=0, 1 or 2: that third of them)
	bash envs/apt.sh bedtools samtools
	$(PYTEST) -m slow $(if $(THIRD),--third $(THIRD))

test-real: tools  ## the tests on the real data of ../shared/data
	bash envs/apt.sh bedtools samtools
	pytest -q -m real

test-torch: tools .venv/torch  ## what may differ on PyTorch, which goes to .venv/torch (4 GB)
	KERAS_BACKEND=torch PYTHONPATH=.venv/torch $(PYTEST) -m "torch or backend" tests/unit

test-jax: tools .venv/jax  ## the same on JAX, which goes to .venv/jax
	KERAS_BACKEND=jax PYTHONPATH=.venv/jax $(PYTEST) -m "jax or backend" tests/unit

bench: tools  ## speeds and memory, each job beside its reference (5 minutes)
	bash envs/apt.sh bedtools samtools
	python -m tests.benchmarks

bench-memory: tools  ## time and memory of builds at scale 0.5, 1 and 5 (100 Mb, 10 M reads)
	bash envs/apt.sh bedtools samtools
	python -m tests.benchmarks --growth

check: tools  ## ruff, import layers, mypy, snakefmt, snakemake --lint
	ruff check .
	ruff format --check .
	lint-imports
	mypy
	snakefmt --check workflow
	snakemake --lint

# --no-strip-extras: older pips resolve coverage[toml] apart from a pinned coverage and find no hash for it
COMPILE = uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
	--no-header --quiet --output-file
lock: install  ## resolve pyproject.toml again (names, versions and hashes only)
	$(PIP) uv
	$(COMPILE) envs/requirements.lock pyproject.toml
	# PyTorch for tests on a CPU: it is imported and fits a model without these
	printf "%s ; python_version < '3'\n" triton cuda-bindings nvidia-cusolver > .venv/torch-overrides.txt
	for group in test torch jax; do \
		$(COMPILE) envs/requirements-$$group.lock --group $$group --constraints envs/requirements.lock \
			$$([ $$group != torch ] || echo --overrides .venv/torch-overrides.txt); done
	echo "tensorflow-cpu ; python_version < '3'" > .venv/overrides.txt
	$(COMPILE) envs/requirements-gpu.lock pyproject.toml --extra gpu --overrides .venv/overrides.txt

library:  ## list the library's modules for the Snakefile
	cd lib && find jangdan -name "*.py" | LC_ALL=C sort > ../workflow/library.txt

schema: install  ## write the schema of the config, and the tables of config/README.md, from the options classes
	.venv/bin/python -m jangdan.workflow.reference

rulegraph: install  ## draw the rules' graph for the README
	bash envs/apt.sh graphviz
	mkdir -p resources/images
	snakemake --rulegraph 2>/dev/null | sed -n '/^digraph/,$$p' | dot -Tsvg > resources/images/rulegraph.svg

report: install  ## an HTML report of the last demo run
	snakemake --report results/demo/report.html
