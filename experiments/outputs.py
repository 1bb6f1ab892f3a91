"""Where a command writes lines: looked at before it works, whole once it ends, kept at Ctrl-C."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn, TextIO

from rewards.errors import ConfigError, DataError, StorageError
from rewards.whole_file import replacing


def check_input(file: Path) -> None:
    """Refuse what is no file.

    Raises:
        DataError: there is nothing, or a folder.
    """
    if not file.exists() or file.is_dir():
        got = "a folder" if file.is_dir() else "nothing"
        raise DataError(f"{file}: got {got} at this path, expected a file of JSON lines")


def check_clips(clips: Path) -> None:
    """Refuse a --clips that is no folder, or every clip would be found missing.

    Raises:
        ConfigError: it is a file, or nothing.
    """
    if not clips.is_dir():
        got = "a file" if clips.exists() else "nothing"
        raise ConfigError(
            f"--clips: got {got} at '{clips}', expected the folder of the clips; check the path"
        )


def check_output(out: Path, file: Path) -> None:
    """Refuse a place that cannot be written, or would cost the input or a run, before anything is
    done.

    Args:
        file: the input, which is there.

    Raises:
        DataError: it is a folder, in no folder, the input, or a run's own.
    """
    from experiments.runfolder import check_not_of_run

    if out.is_dir() or not out.parent.is_dir():
        got = "a folder" if out.is_dir() else "a place in no folder"
        raise DataError(f"{out}: got {got}, expected a file to write in a folder that exists")
    for place in (out, _kept(out)):
        if place.exists() and place.samefile(file):
            raise DataError(
                f"{place}: got the input as the output, expected another file; change -o"
            )
    check_not_of_run(out)


@contextmanager
def writer(out: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears under its name once it is whole, over an older one.

    What was written before Ctrl-C is kept in ``OUT.part``; ``OUT`` is as it was then.

    Raises:
        KeyboardInterrupt: tells how many lines were kept.
        StorageError: it cannot be written.
    """
    if out is None:
        yield sys.stdout
        return
    if out.exists() and not out.is_file():
        # A pipe or a device cannot be renamed over: it is written as it comes.
        try:
            with out.open("w", encoding="utf-8") as stream:
                yield stream
        except OSError as error:
            raise StorageError(
                f"{out}: cannot be written: {error}; expected a file, or a pipe or device that "
                "takes every line; change -o"
            ) from error
        return
    try:
        with replacing(out) as file:
            stream = TextIOWrapper(file, encoding="utf-8")
            try:
                yield stream
                stream.flush()
                os.fsync(file.fileno())  # what takes a while comes here, where a stop keeps lines
            except KeyboardInterrupt as stop:
                stream.flush()
                _keep(Path(file.name), out, stop)
            stream.detach()  # the file is still needed
    except OSError as error:
        raise StorageError(
            f"{out}: cannot be written: {error}; what was there before is as it was; make room or "
            "choose another place"
        ) from error


def _keep(part: Path, out: Path, stop: KeyboardInterrupt) -> NoReturn:
    """Keep the whole lines of a part that a stop cut off, and say so in the stop's name."""
    lines = _whole_lines(part)
    if not lines:
        raise stop
    part.replace(_kept(out))
    written = "1 line, which is" if lines == 1 else f"{lines} lines, which are"
    raise KeyboardInterrupt(f"after {written} kept in {_kept(out)}") from stop


def _kept(out: Path) -> Path:
    """Where the lines that were written before a stop are kept."""
    return out.with_name(f"{out.name}.part")


def _whole_lines(file: Path) -> int:
    """How many lines it has; one that is not whole is cut off."""
    count = size = 0
    with file.open("r+b") as stream:
        for line in stream:
            if line.endswith(b"\n"):
                count, size = count + 1, size + len(line)
        stream.truncate(size)
    return count
