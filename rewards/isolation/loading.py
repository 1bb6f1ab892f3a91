"""In the child: the user's file run as a module, and the reward found in it."""

from __future__ import annotations

import inspect
import linecache
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from rewards import registry
from rewards.contract import describe
from rewards.errors import ConfigError, EtudeError, nearest
from rewards.isolation.spec import UserReward
from rewards.parameters import LIMITS, expected, fits, parameters_of
from rewards.registry import Reward


def load(user: UserReward) -> Reward:
    """Run the file, find the name, check arguments and parameters.

    Raises:
        ConfigError: names file, line and what is wrong.
    """
    try:
        return _loaded(user)
    except ConfigError:
        raise
    except BaseException as failure:  # what the file defines may raise what it likes when looked at
        raise ConfigError(
            f"{user.path}: looking at {user.name!r} failed: {describe(failure)}; expected a "
            "function such as def brevity(answer)"
        ) from failure


def _loaded(user: UserReward) -> Reward:
    module = _run(user)
    function = _find(user, module)
    found = registry.registered(function)
    if found is None:
        try:
            found = Reward.of(user.name, function)
        except ConfigError as failure:
            raise ConfigError(f"{user.path}, line {_line(function)}: {failure}") from failure
    _check_params(user, function)
    try:
        problems = found.problems(user.params)
    except ConfigError as failure:
        raise ConfigError(f"{user.path}, line {_line(found.check)}: {failure}") from failure
    if problems:
        listed = "; ".join(f"{user.name}.{key}: {sentence}" for key, sentence in problems)
        raise ConfigError(f"{user.path}: {listed}")
    return found


def where(path: str, traceback: TracebackType | None) -> str:
    """``, at FILE.py line 12``: the innermost line of the user's file, or nothing."""
    line = _innermost(path, traceback)
    return "" if line is None else f", at {Path(path).name} line {line}"


def _innermost(path: str, traceback: TracebackType | None) -> int | None:
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == path:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def _run(user: UserReward) -> ModuleType:
    # A name of its own: a file called rewards.py or json.py must hide nothing.
    module = ModuleType(f"reward_of_{Path(user.path).stem}")
    module.__file__ = user.path
    try:
        code = compile(user.source, user.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as failure:
        raise ConfigError(
            f"{user.path}, line {getattr(failure, 'lineno', None) or 1}: is not Python: "
            f"{type(failure).__name__}: {getattr(failure, 'msg', failure)}; mend the line"
        ) from failure
    lines = user.source.decode("utf-8", "replace").splitlines(keepends=True)
    linecache.cache[user.path] = (len(user.source), None, lines, user.path)
    sys.path.insert(0, str(Path(user.path).parent))
    sys.modules[module.__name__] = module
    try:
        exec(code, module.__dict__)
    except BaseException as failure:
        line = _innermost(user.path, failure.__traceback__) or 1
        said = str(failure) if isinstance(failure, EtudeError) else describe(failure)
        raise ConfigError(
            f"{user.path}, line {line}: running the file failed: {said}; expected a file "
            "that defines rewards"
        ) from failure
    return module


def _find(user: UserReward, module: ModuleType) -> Callable[..., Any]:
    """The function of that name, or the one that the file registers under it."""
    own = {
        name: value
        for name, value in vars(module).items()
        if inspect.isroutine(value) and getattr(value, "__module__", None) == module.__name__
    }
    found = vars(module).get(user.name)
    if found is None and user.name in registry.names():
        function = registry.get(user.name).function
        found = function if function in own.values() else None
    if found is None:
        names = sorted(name for name in own if not name.startswith("_"))
        defined = f"; it defines {', '.join(names[:20])}" if names else "; it defines no function"
        hint = nearest(user.name, names) or defined
        raise ConfigError(f"{user.path}: there is no {user.name!r} in it{hint}")
    if not callable(found) or isinstance(found, type):
        raise ConfigError(
            f"{user.path}: {user.name!r} is of type {type(found).__name__}, expected a function "
            "such as def brevity(answer)"
        )
    return found


def _line(function: Any) -> int:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return getattr(code, "co_firstlineno", 1)


def _check_params(user: UserReward, function: Callable[..., Any]) -> None:
    allowed = parameters_of(function)
    for name in allowed.keys() & LIMITS.keys():
        raise ConfigError(
            f"{user.path}, line {_line(function)}: reward {user.name!r} has a parameter {name!r}: "
            "a part of a rubric has a key of this name for the process; give the parameter "
            "another name"
        )
    problems: list[str] = []
    for name, value in user.params.items():
        if name not in allowed:
            known = ", ".join(allowed) or "none, for nothing stands behind a *"
            hint = nearest(name, list(allowed)) or f"; expected {known}"
            problems.append(f"{user.name} has no parameter {name!r}{hint}")
        elif not fits(value, allowed[name].hint):
            problems.append(
                f"{user.name}.{name}: got {value!r}, expected {expected(allowed[name].hint)}"
            )
    if problems:
        raise ConfigError(f"{user.path}: {'; '.join(problems)}")
    for name, parameter in allowed.items():
        if parameter.required and name not in user.params:
            raise ConfigError(
                f"{user.path}: {user.name}.{name} is not set: expected "
                f"{expected(parameter.hint)}; give it a default or set it in the rubric"
            )
