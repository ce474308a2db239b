"""Attach to the servers, say so, and hold them until standard input ends. A program for tests: `python hold.py`."""

import sys
import time

from cohort.local import places, servers

began = time.monotonic()
with servers.attached(durable=True):
    print(f"ready {time.monotonic() - began:.2f} {places.run_dir()}", flush=True)
    sys.stdin.read()
