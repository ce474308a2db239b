"""Run a command that ends when its parent does: `python leash.py PARENT COMMAND...`. Linux; elsewhere it just runs it.

A program of its own rather than a function between fork and exec, because the
parent has threads by then. Replaces itself with the command, so there is no
process in between.
"""

import os
import signal
import sys

parent, command = int(sys.argv[1]), sys.argv[2:]
if sys.platform == "linux":
    import ctypes

    PR_SET_PDEATHSIG = 1  # prctl(2)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("The parent ended before its child began.")
os.execv(command[0], command)
