"""Which files beside a reward its code imports: those that Python itself would run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rewards.isolation.imports import imported

TREE = {
    "mine.py": "import words, json\nfrom lib.deep import scales\nfrom lib import tables as t\n"
    "from rewards import Verdict\n\ndef late():\n    import later\n",
    "words.py": "from lib.more import *\nimport mine_too\n",
    "mine_too.py": "import words\n",
    "later.py": "",
    "lib/__init__.py": "from . import tables\n",
    "lib/tables.py": "import numpy\n",
    "lib/more.py": "from .deep.scales import STEPS\n",
    "lib/unused.py": "import never\n",
    "lib/deep/__init__.py": "",
    "lib/deep/scales.py": "from ..siblings import near\nfrom . import notes\nSTEPS = 7\n",
    "lib/deep/notes.py": "",
    "lib/siblings/near.py": "",
    "lib/siblings.txt": "",
    "never.py": "",
    "rewards/__init__.py": "",
    "tables.py": "",
}  # fmt: skip


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    for name, text in TREE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path / "mine.py"


def test_they_are_those_that_python_runs(mine: Path) -> None:
    program = (
        f"import rewards, runpy, sys; sys.path.insert(0, {str(mine.parent)!r})\n"
        f"runpy.run_path({str(mine)!r})['late']()\n"
        "print(*(m.__file__ for m in [*sys.modules.values()] if getattr(m, '__file__', None)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    ran = {Path(file) for file in done.stdout.split() if file.startswith(str(mine.parent))}
    assert {path.name for path in ran} >= {"words.py", "scales.py", "near.py", "later.py"}
    assert imported(mine) == sorted(ran - {mine})


def test_code_that_is_no_python_counts_and_imports_nothing(mine: Path) -> None:
    (mine.parent / "words.py").write_bytes(b"import never\n\xff(\0")
    assert mine.parent / "words.py" in imported(mine)
    assert mine.parent / "never.py" not in imported(mine)


def test_a_reward_that_imports_nothing_beside_it_stands_alone(mine: Path) -> None:
    mine.write_text("from rewards import Verdict\nimport math, numpy.linalg, absent\n")
    assert imported(mine) == []
