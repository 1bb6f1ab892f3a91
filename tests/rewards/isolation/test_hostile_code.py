"""Code that hangs, crashes, forks, prints or breaks what it stands on costs nobody else a value."""

from __future__ import annotations

import json
from pathlib import Path

CODE = """
    def forks():
        for _ in range(3):
            if os.fork() == 0:
                time.sleep(1000)

    def escapes():
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(1000)
            os._exit(0)

    def moves():
        os.makedirs("gone_soon", exist_ok=True)
        os.chdir("gone_soon")
        shutil.rmtree(os.getcwd())

    def stack():
        sys.setrecursionlimit(10**9)
        def deep(_=0): return sorted([1], key=deep)
        deep()

    def forge():
        for fd in range(3, 64):
            try: os.write(fd, b"\\xff" * 64)
            except OSError: pass
        time.sleep(1000)

    def busy():
        while True:
            print("still here" * 1000)

    DOES = {
        "loop": lambda: [None for _ in iter(int, 1)],
        "regex": lambda: re.match(r"(a+)+$", "a" * 60 + "b"),
        "sleep": lambda: time.sleep(1000),
        "lock": lambda: [lock.acquire() for lock in [threading.Lock()] * 2],
        "stopped": lambda: os.kill(os.getpid(), signal.SIGSTOP),
        "prints": busy,
        "segv": lambda: ctypes.string_at(0),
        "abort": lambda: os.abort(),
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "term": lambda: os.kill(os.getpid(), signal.SIGTERM),
        "real-time": lambda: os.kill(os.getpid(), 35),
        "exit": lambda: os._exit(3),
        "exit 0": lambda: os._exit(0),
        "stack": stack,
        "fds": lambda: os.closerange(0, 1000),
        "keeper": lambda: os.kill(os.getppid(), signal.SIGKILL) or time.sleep(1000),
        "forge": forge,
        "stdout": lambda: (sys.stdout.close(), os.close(1), os.close(2)),
        "print": lambda: print("x" * 10**6),
        "json": lambda: setattr(json, "dumps", None) or setattr(json, "loads", None),
        "moves": moves,
        "forks": forks,
        "fork": lambda: [os.fork() for _ in range(3)],
        "escapes": escapes,
        "thread": lambda: threading.Thread(target=time.sleep, args=(1000,)).start(),
        "sigint": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        "modules": lambda: [sys.modules.pop(name) for name in list(sys.modules)],
        "builtins": lambda: __builtins__.update(len=None, print=None, isinstance=None),
        "handlers": lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN) or time.sleep(1000),
    }

    def mine(question, response):
        if response.text in DOES:
            DOES[response.text]()
        return Verdict(0.5, "done")
"""
HANG = ["loop", "regex", "sleep", "lock", "stopped", "prints", "handlers"]
DIE = {
    "segv": "SIGSEGV", "abort": "SIGABRT", "kill": "SIGKILL", "term": "SIGTERM",
    "real-time": "signal 35", "exit": "exit status 3", "exit 0": "exit status 0",
    "stack": "", "fds": "exit status 70", "forge": "wrong form", "keeper": "SIGKILL",
}  # fmt: skip
HARMLESS = ["print", "json", "moves", "forks", "fork", "escapes", "thread", "sigint", "stdout",
            "modules"]  # fmt: skip


def test_a_completion_that_hangs_is_a_timeout_and_its_neighbours_have_values(isolated, ask):
    reward = isolated(CODE, deadline=0.25)
    source = Path(reward.spec.rpartition(":")[0]).read_text().splitlines()
    for fault in HANG:
        before, hung, after = ask(reward, "a", fault, "b")
        assert (before.value, hung.value, after.value) == (0.5, None, 0.5), fault
        assert hung.status == "timeout", fault
        assert "0.25 s" in hung.why
        if fault in ("loop", "regex", "sleep"):
            line = int(hung.why.rpartition(" line ")[2])
            assert f'"{fault}"' in source[line - 1]


def test_a_completion_that_ends_its_process_is_an_error_that_says_how(isolated, ask):
    reward = isolated(CODE)
    for fault, how in DIE.items():
        before, died, after = ask(reward, "a", fault, "b")
        assert (before.value, died.value, after.value) == (0.5, None, 0.5), fault
        assert died.status == "error", fault
        assert how in died.why, fault


def test_what_harms_nobody_keeps_its_value(isolated, ask, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reward = isolated(CODE)
    texts = [text for fault in HARMLESS for text in (fault, "a")]
    for text, part in zip(texts, ask(reward, *texts), strict=True):
        assert part.value == 0.5, (text, part.why)


def test_broken_builtins_cost_no_more_than_their_own_process(isolated, ask):
    parts = ask(isolated(CODE), "a", "builtins", "b", "c")
    assert parts[0].value == 0.5
    assert parts[3].value == 0.5
    assert {part.status for part in parts} <= {"scored", "error"}


def test_a_broken_json_spoils_no_details(isolated, ask):
    reward = isolated("""
        def mine(question, response):
            json.dumps = lambda *_, **__: "{}"
            return Verdict(1.0, "", {"x": 1})
    """)
    assert [part.details for part in ask(reward, "a", "b")] == [{"x": 1}] * 2


def test_a_forged_answer_is_held_against_the_contract_like_any_other(isolated, ask):
    reward = isolated("""
        def mine(text):
            parts = json.loads(text)
            frames = [{"call": 1, "unit": i, "parts": [part]} for i, part in enumerate(parts)]
            for frame in (*frames, {"call": 1, "end": True}):
                data = json.dumps(frame).encode()
                for fd in range(3, 64):
                    try: os.write(fd, len(data).to_bytes(4, "little") + data)
                    except OSError: pass
    """)
    wrong = [[2.0, "scored", "", None, 0], [True, "scored", "", None, 0], [0.5, "scored", ""],
             [0.5, "perfect", "", None, 0], [0.5, "scored", None, None, 0], 0.5,
             [0.5, "scored", "", [1], 0], [None, "scored", "", None, 0],
             [0.5, "scored", "", None, 10**400]]  # fmt: skip
    timed = [[0.25, "scored", "so", {"x": 1}, seconds] for seconds in (0.5, -1, "long")]
    valueless = [1.0, "not_applicable", "why", None, 0]
    texts = [json.dumps([*wrong, *timed, valueless]), *["[]"] * 12]
    *parts, last = ask(reward, *texts)
    assert [(part.value, part.status) for part in parts[:9]] == [(None, "error")] * 9
    assert [(part.value, part.seconds) for part in parts[9:]] == [(0.25, s) for s in (0.5, 0, 0)]
    assert (last.value, last.status, last.why) == (None, "not_applicable", "why")


def test_many_culprits_among_good_ones_are_told_apart(isolated, ask):
    texts = ["a"] * 130
    for place in (0, 63, 64, 129):
        texts[place] = "exit"
    parts = ask(isolated(CODE), *texts)
    assert [part.status == "error" for part in parts] == [text == "exit" for text in texts]
    assert all(part.value == 0.5 for part, text in zip(parts, texts, strict=True) if text == "a")


def test_as_many_may_die_as_they_will_and_the_others_keep_their_values(isolated, ask):
    texts = [*["exit"] * 6, *["a", "exit"] * 6]
    parts = ask(isolated(CODE), *texts)
    assert [part.value for part in parts] == [0.5 if text == "a" else None for text in texts]
    assert not any(part.unrun for part in parts)


def test_once_hangs_cost_more_than_a_call_may_lose_the_rest_is_not_run_and_says_why(
    isolated, ask, monkeypatch
):
    monkeypatch.setattr("rewards.isolation.isolated.LOST_SECONDS", 0.0)
    reward = isolated(CODE, deadline=0.4)
    parts = ask(reward, "a", *["sleep"] * 50, "a")
    assert parts[0].value == 0.5
    assert [part.status for part in parts[1:]] == ["timeout"] * 51
    hung = [part for part in parts[1:] if not part.unrun]
    assert 1 <= len(hung) <= 3, "three deadlines at most, and what starting processes took"
    assert all(part.unrun for part in parts[1 + len(hung) :])
    assert parts[-1].why.startswith(f"not run, for {len(hung)} before it hung or died and cost ")
    assert all("no answer within 0.4 s" in part.why for part in parts[1:])
    assert ask(reward, "a")[0].value == 0.5


def test_the_more_completions_a_call_has_the_more_it_may_lose(isolated, ask):
    reward = isolated(CODE, deadline=0.1)
    parts = ask(reward, *["sleep"] * 5, *["a"] * 60)
    assert [part.unrun for part in parts] == [False] * 65
    assert parts[-1].value == 0.5


def test_output_is_kept_apart_and_bounded(isolated, ask):
    reward = isolated("""
        def mine(question, response):
            print("a line \\ud800", flush=True)
            print("x" * 10**6, file=sys.stderr)
            os.system("echo from a child")
            return 1.0
    """)
    assert ask(reward, "a")[0].value == 1.0
    assert "from a child" in reward.output
    assert len(reward.output) <= 2**14


def test_the_first_that_is_printed_is_shown_behind_the_name_and_nothing_of_it_moves_the_cursor(
    isolated, ask, capsys
):
    reward = isolated("""
        print("loaded")
        def mine(question, response):
            print("heard", response.text)
            print("x" * 10**6, file=sys.stderr)
            sys.stdout.write("half a line")
            return 1.0
    """)
    assert capsys.readouterr().err == "", "who only looks whether the file loads shows nothing"
    assert ask(reward, "\033[2Jnaïve\r")[0].value == 1.0
    reward.close()
    assert capsys.readouterr().err.splitlines() == [
        "[mine.py:mine] loaded",
        "[mine.py:mine] heard \\x1b[2Jnaïve\\r",
        f"[mine.py:mine] {'x' * 200}...",
        "[mine.py:mine] half a line",
    ]


def test_a_reward_that_prints_for_every_completion_is_cut_short_once(isolated, ask, capsys):
    reward = isolated("def mine(question, response):\n    print(response.text)\n    return 1.0")
    assert all(part.value == 1.0 for part in ask(reward, *map(str, range(99))))
    reward.close()
    assert ask(reward, "again")[0].value == 1.0
    shown = capsys.readouterr().err.splitlines()
    assert shown[:-1] == [f"[mine.py:mine] {n}" for n in range(20)]
    assert shown[-1] == "[mine.py:mine] prints more than 20 lines; the rest is not shown"


def test_the_stack_of_a_reward_that_hung_is_not_shown_as_what_it_printed(isolated, ask, capsys):
    reward = isolated(
        "def mine(question, response):\n    print('before')\n    time.sleep(60)", deadline=0.5
    )
    assert "line" in ask(reward, "a")[0].why
    assert capsys.readouterr().err == "[mine.py:mine] before\n"


def test_the_stack_of_a_death_is_not_kept_as_what_was_printed(isolated, ask):
    reward = isolated(
        """
        def mine(text):
            print("heard", flush=True)
            time.sleep(60) if text == "sleep" else ctypes.string_at(0)
        """,
        deadline=0.5,
    )
    for fault in ("sleep", "segv"):
        ask(reward, fault)
        assert reward.output == "heard\n", fault
