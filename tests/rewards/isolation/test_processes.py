"""Processes start late, are replaced in time, and none is left behind."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from rewards.isolation import worker

LEAVES = """
    def mine(question, response):
        pids = [os.getpid()]
        for _ in range(3):
            if (pid := os.fork()) == 0:
                if response.text == "escape": os.setsid()
                time.sleep(1000)
            pids.append(pid)
        if response.text == "hang": time.sleep(1000)
        return Verdict(1.0, "", {"pids": pids})
"""
WHO = """
    def mine(question, response):
        return Verdict(1.0, "", {"pid": os.getpid(), "keeper": os.getppid()})
"""


def test_nothing_runs_before_the_first_call_nor_after_close(isolated, ask, descendants, all_dead):
    reward = isolated(LEAVES)
    assert descendants() == []
    pids = ask(reward, "escape")[0].details["pids"]
    assert len(descendants()) >= len(pids)
    reward.close()
    assert descendants() == []
    assert all_dead(pids)
    reward.close()


def test_a_killed_completion_takes_its_children_along(isolated, ask, descendants):
    reward = isolated(LEAVES, deadline=0.3)
    assert ask(reward, "hang")[0].status == "timeout"
    assert descendants() == []


def test_what_was_forgotten_ends_with_the_last_reference(isolated, ask, all_dead):
    from rewards.isolation import Isolated

    reward = Isolated(isolated(WHO).spec)
    found = ask(reward, "a")[0].details
    del reward
    gc.collect()
    assert all_dead([found["pid"], found["keeper"]])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_children_and_grandchildren_end_with_their_parent(isolated, all_dead, number):
    script = """if True:
        import sys, time
        from rewards import Question, parse
        from rewards.isolation import Isolated
        reward = Isolated(sys.argv[1])
        part = reward.judge([(Question("q", "?"), parse("escape"))])[0]
        print(*part.details["pids"], flush=True)
        reward.judge([(Question("q", "?"), parse("hang"))])
    """
    spec = isolated(LEAVES).spec
    with subprocess.Popen(
        [sys.executable, "-c", script, spec], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        pids += [one.pid for one in psutil.Process(parent.pid).children(recursive=True)]
        assert len(pids) > 4
        parent.send_signal(number)
    assert all_dead(pids)


def test_a_pickled_copy_has_processes_of_its_own(isolated, ask):
    reward = isolated(WHO, deadline=1.5)
    first = ask(reward, "a")[0].details["pid"]
    copy = pickle.loads(pickle.dumps(reward))
    with copy:
        assert (copy.spec, copy.scope, copy.deadline) == (reward.spec, "completion", 1.5)
        assert ask(copy, "a")[0].details["pid"] != first
    assert ask(reward, "a")[0].details["pid"] == first


def test_a_forked_copy_does_not_touch_the_processes_of_its_owner(isolated, ask):
    reward = isolated(WHO)
    first = ask(reward, "a")[0].details["pid"]
    pid = os.fork()
    if pid == 0:
        own = ask(reward, "a")[0].details["pid"]
        reward.close()
        os._exit(own != first and 7)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert ask(reward, "a")[0].details["pid"] == first


def test_a_process_that_died_between_two_calls_costs_nothing(isolated, ask):
    reward = isolated(WHO)
    for _ in range(3):
        found = ask(reward, "a")[0]
        assert found.value == 1.0
        os.kill(found.details["pid"], signal.SIGKILL)


def test_a_process_that_was_stopped_between_two_calls_costs_nothing(isolated, ask, monkeypatch):
    from rewards.isolation import process

    reward = isolated(WHO, deadline=0.3)
    os.kill(ask(reward, "a")[0].details["pid"], signal.SIGSTOP)
    monkeypatch.setattr(process, "LOAD_SECONDS", 1.0)
    assert ask(reward, "a")[0].value == 1.0


@pytest.mark.parametrize(
    "leaves",
    [
        "kept.append(bytearray(2**28))",
        "[threading.Thread(target=time.sleep, args=(1000,)).start() for _ in range(9)]",
        "[os.fork() or time.sleep(1000) for _ in range(9)]",
    ],
)
def test_a_worn_process_is_replaced(isolated, ask, leaves):
    reward = isolated(
        f"""
        kept = []
        def mine(question, response):
            if response.text == "wear": {leaves}
            return Verdict(1.0, "", {{"pid": os.getpid()}})
        """,
        memory_gb=0.5,
    )
    one, two = (ask(reward, "a")[0].details["pid"] for _ in range(2))
    assert one == two == ask(reward, "wear")[0].details["pid"]
    assert ask(reward, "a")[0].details["pid"] != one


def test_a_process_is_replaced_after_many_calls(isolated, ask):
    reward = isolated(WHO)
    pids = [ask(reward, "a")[0].details["pid"] for _ in range(worker.MAX_CALLS + 1)]
    assert len(set(pids[:-1])) == 1
    assert pids[-1] != pids[0]


def test_processes_work_side_by_side_and_parts_keep_the_order(isolated, ask):
    reward = isolated(
        """
        def mine(question, response):
            if response.text == "7": os._exit(1)
            return Verdict(int(response.text) / 100, "", {"pid": os.getpid()})
        """,
        processes=3,
    )
    parts = ask(reward, *map(str, range(100)))
    assert [part.value for part in parts] == [None if i == 7 else i / 100 for i in range(100)]
    assert len({part.details["pid"] for part in parts if part.details}) >= 3


def test_more_completions_than_are_sent_at_once_keep_their_order(isolated, ask):
    reward = isolated("""
        def mine(text):
            if text == "700": os._exit(1)
            return int(text) / 10_000
    """)
    parts = ask(reward, *map(str, range(1300)))
    assert [part.value for part in parts] == [None if i == 700 else i / 10_000 for i in range(1300)]


@pytest.fixture
def interruptible():
    """Ctrl-C is heard, also where a shell started the tests in the background and ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("processes", [1, 2])
def test_ctrl_c_ends_a_call_and_the_next_one_works(
    isolated, ask, processes, descendants, interruptible
):
    reward = isolated(
        """
        def mine(question, response):
            if response.text == "hang": time.sleep(1000)
            return 1.0
        """,
        processes=processes,
        deadline=30,
    )
    assert ask(reward, "a", "b")[0].value == 1.0
    hit = subprocess.Popen(["sh", "-c", f"sleep 0.5; kill -INT {os.getpid()}"])
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        ask(reward, "hang", "hang")
    hit.wait()
    assert time.monotonic() - start < 25  # it did not wait for the deadline
    assert descendants() == []
    assert ask(reward, "a", "b")[1].value == 1.0


def test_no_core_file_and_no_inherited_pipe(isolated, ask):
    reward = isolated("""
        def mine(question, response):
            import resource, subprocess
            fds = subprocess.run(["ls", "/proc/self/fd"], capture_output=True, close_fds=False)
            return Verdict(1.0, "", {"core": resource.getrlimit(resource.RLIMIT_CORE),
                                     "fds": fds.stdout.decode().split()})
    """)
    details = ask(reward, "a")[0].details
    assert details["core"] == [0, 0]
    assert set(details["fds"]) == {"0", "1", "2", "3"}  # 3 is the folder that ls reads


def test_a_set_has_one_order_in_every_process(isolated, ask):
    reward = isolated("""
        def mine(question):
            return Verdict(1.0, " ".join({"a", "b", "c", "d", "e", "f"}))
    """)
    whys = []
    for _ in range(3):
        whys.append(ask(reward, "a")[0].why)
        reward.close()
    assert len(set(whys)) == 1


STOPS = """
    def mine(question, response):
        if (pid := os.fork()) == 0:
            time.sleep(1.0)
            os.kill(int(response.text), signal.SIGCONT)
            os._exit(0)
        time.sleep(0.1)  # by then it waits for the answer
        os.kill(int(response.text), signal.SIGSTOP)
        if question.id == "late": time.sleep(1000)
        return 1.0
"""
ASKS = """
    import os, sys
    from rewards import Question, parse
    from rewards.isolation import Isolated

    with Isolated(sys.argv[1], deadline=0.5) as reward:
        here = parse(str(os.getpid()))
        for part in reward.judge([(Question("on time", "?"), here), (Question("late", "?"), here)]):
            print(part.status)
"""


def test_an_answer_that_came_in_time_counts_where_its_reader_was_stopped_past_it(isolated):
    spec = isolated(STOPS).spec
    asked = [sys.executable, "-c", textwrap.dedent(ASKS), spec]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["scored", "timeout"]
