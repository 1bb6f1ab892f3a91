"""A Ray of one's own: on loopback, authenticated, gone with its driver.

Of a driver that was killed two idle agents of Ray stay for about a minute: they
try that long to report it to a server that is gone. Actors end at once.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any

from rewards.errors import RolloutError, first_line


def start_ray(cpus: int, store: int) -> None:
    """Start it, without a dashboard and with a token; nothing if it runs already.

    Args:
        cpus: actors that it may have.
        store: of the object store [bytes], at least Ray's own 75 MiB.

    The token is random, or RAY_AUTH_TOKEN. Whatever the environment says, one is asked for,
    and no cluster is joined.

    Raises:
        RolloutError: if it cannot start, or would listen beyond loopback.
    """
    os.environ["RAY_AUTH_MODE"] = "token"  # who is let in may run code
    os.environ.setdefault("RAY_AUTH_TOKEN", os.urandom(32).hex())  # Ray's own is kept in a file
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # On Linux Ray takes a loopback address for a mistake and listens on all others,
    # unless it is told, before it is imported, that there is no cluster to join.
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    # Actors are half of the step, not background work, which Ray takes them for.
    os.environ.setdefault("RAY_worker_niceness", "0")
    # An accelerator that an actor did not ask for is not hidden from the driver.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    # The store is as large as what travels. From four fifths on Ray would write weights to disk.
    os.environ.setdefault("RAY_object_spilling_threshold", "1.0")
    # Without a dashboard nobody asks what each call was; Ray's server would keep 4 kB of each, and
    # write tables of its own timings to its logs, some 70 MB a day.
    os.environ.setdefault("RAY_task_events_report_interval_ms", "0")
    os.environ.setdefault("RAY_event_stats", "0")
    import ray

    if ray.is_initialized():
        return
    _init(cpus, store)
    address = ray.util.get_node_ip_address()
    if not ip_address(address).is_loopback:
        ray.shutdown()
        raise RolloutError(
            f"Ray would be open to the network: got the address {address}, expected a loopback "
            "one; do not import ray before Etude starts it"
        )


def _init(cpus: int, store: int) -> None:
    import ray

    try:
        with unchanged_process(), _group_of_its_own():
            ray.init(
                address="local",  # never a cluster that RAY_ADDRESS names
                num_cpus=cpus,
                include_dashboard=False,
                object_store_memory=store,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
    except (Exception, SystemExit) as error:
        ray.shutdown()
        raise RolloutError(
            f"Ray cannot start on this machine: got {first_line(error)!r}, expected it to put its "
            "files and sockets below RAY_TMPDIR, else TMPDIR, else /tmp; set RAY_TMPDIR to a "
            "folder that can be written, with room, whose path has at most 40 characters"
        ) from error


@contextmanager
def _group_of_its_own() -> Iterator[None]:
    """Ray's processes stand apart from our process group, together in one of theirs.

    What is sent to our whole group (by a scheduler, ``timeout`` or ``kill -TERM -PGID``) asks
    the run to finish its step. In the group, Ray's own server would obey at once and take the
    actors with it. The group is one, for where the kernel does not end children with their
    parent, Ray ends its group.
    """
    from ray._private import services

    popen, group = services.ConsolePopen, 0

    def apart(*args: Any, **kwargs: Any) -> subprocess.Popen[Any]:
        nonlocal group
        process = popen(*args, process_group=group, **kwargs)
        group = group or process.pid
        return process

    services.ConsolePopen = apart
    try:
        yield
    finally:
        services.ConsolePopen = popen


@contextmanager
def unchanged_process() -> Iterator[None]:
    """Puts back what Ray changes in the process that starts it.

    It takes SIGTERM for a crash: a run would abort with a dump instead of ending its
    step. And on macOS it makes its driver the leader of a process group of its own:
    under make or a script the terminal's Ctrl-C would no longer reach us.
    """
    group = os.getpgrp()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in handlers.items():
                signal.signal(number, handler)
        with suppress(PermissionError):  # our group's leader may have ended meanwhile
            os.setpgid(0, group)
