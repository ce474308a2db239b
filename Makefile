# Short names for `python3 start.py ...`, which does all the work and needs no make.
PYTHON ?= python3

.PHONY: help demo run test lint screenshots lock

help:
	@echo "make demo         Cohort on this machine with invented people   (PORT=8000 COHORT_STATE=.local)"
	@echo "make run          the same, empty"
	@echo "make test         the tests, all but those that kill servers    (ARGS='tests/people -k access')"
	@echo "make lint         style, types, imports, migrations, deployment settings"
	@echo "make screenshots  the pictures of the README"
	@echo "make lock         work out requirements/*.lock anew (needs uv)"

demo run lint screenshots:
	@$(PYTHON) start.py $@

test:
	@$(PYTHON) start.py tests $(ARGS)

# From large to small, each held to the one before: a smaller lock never differs from a larger one.
LOCK = uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-annotate \
	--no-emit-index-url --custom-compile-command "make lock"
lock:
	cd requirements && $(LOCK) test.in -o test.lock
	cd requirements && $(LOCK) local.in -c test.lock -o local.lock
	cd requirements && $(LOCK) production.in -c test.lock -o production.lock
