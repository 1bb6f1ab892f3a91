"""A user's reward in child processes, so that nothing it does ends a run.

======================  ======================================================
side of the parent      ``Isolated`` (``isolated.py``): completions in, parts
                        out; ``process.py``: one child, asked and outlived;
                        ``child.py``: how it starts and ends
between the two         ``wire.py``: frames with their length in front
side of the child       ``keeper.py`` starts, watches and sweeps up; the worker
                        (``worker.py``) runs the user's code under
                        ``limits.py``, loaded by ``loading.py``
======================  ======================================================

The user's code is trusted and unreliable: it may hang in C, crash, fork, print,
close what it did not open. What comes back from it is checked like any input.
"""

from rewards.isolation.isolated import Isolated

__all__ = ["Isolated"]
