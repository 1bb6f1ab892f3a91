"""The data set as a folder: the same bytes, whole or not there, never over another."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from rewards import read_questions
from rewards.errors import ConfigError, DataError, StorageError
from sft.corpus.build import build
from sft.corpus.folder import CorpusSettings, DataSummary, folder_for
from sft.corpus.scores import FORMAT
from sft.records import Trace, read_traces, write_traces

SMALL = CorpusSettings(train=60, dev=12, test=24, processes=2)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> DataSummary:
    return build(tmp_path_factory.mktemp("corpus") / "data", SMALL)


# --- the data set ----------------------------------------------------------------------------


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_settings_give_the_same_bytes(built: DataSummary, tmp_path: Path) -> None:
    again = build(tmp_path / "again", CorpusSettings(train=60, dev=12, test=24, processes=1))
    assert not again.reused
    assert _hashes(again.folder) == _hashes(built.folder)


def test_what_is_asked_changes_only_with_the_format(built: DataSummary) -> None:
    """Else a data set that is found and one that is built would differ under one manifest."""
    said = hashlib.sha256()
    for name in ("train", "dev", "test", "traces"):
        for line in (built.folder / f"{name}.jsonl").read_text().splitlines():
            row = json.loads(line)
            row.get("clip", {}).pop("sha256", None)  # of samples, which a processor may round
            said.update(json.dumps(row, sort_keys=True).encode())
    manifest = json.loads((built.folder / "manifest.json").read_text())
    counts = {key: manifest[key] for key in ("clips", "phrases", "majority", "minor_endings")}
    said.update(json.dumps([counts, manifest["questions"]]).encode())
    assert (FORMAT, said.hexdigest()[:16]) == (6, "606ee05d2256fba8")


def test_a_finished_data_set_is_reused_and_a_damaged_one_built_anew(tmp_path: Path) -> None:
    settings = CorpusSettings(train=4, dev=2, test=2, processes=1)
    first = build(tmp_path / "data", settings)
    whole = _hashes(first.folder)
    assert build(tmp_path / "data", settings).reused
    (first.folder / "dev.jsonl").write_text("{}\n")
    assert not build(tmp_path / "data", settings).reused
    next((first.folder / "clips").glob("*.wav")).unlink()
    assert not build(tmp_path / "data", settings).reused
    assert _hashes(first.folder) == whole
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_data_set_of_other_settings_stays_and_the_new_one_has_a_folder_beside_it(
    tmp_path: Path,
) -> None:
    settings = CorpusSettings(train=4, dev=2, test=2, processes=1)
    out, other = tmp_path / "data", replace(settings, train=5)
    assert folder_for(out, settings) == out
    whole = _hashes(build(out, settings).folder)
    with pytest.raises(ConfigError, match=r"other settings.* got train 4, not 5; name another"):
        build(out, other)
    assert folder_for(out, replace(settings, processes=2)) == out
    beside = build(folder_for(out, other), other)
    assert beside.folder != out
    assert beside.folder.parent == tmp_path
    assert build(folder_for(out, other), other).reused
    assert _hashes(out) == whole


def test_a_folder_of_someone_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ConfigError, match="no data set of ours"):
        build(tmp_path, SMALL)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_the_folder_one_works_in_is_not_replaced_and_a_data_set_in_it_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = CorpusSettings(train=4, dev=2, test=2, processes=1)
    monkeypatch.chdir(tmp_path)
    for out in (Path("."), tmp_path):
        with pytest.raises(ConfigError, match="got the folder one works in, or one around it"):
            build(out, settings)
    monkeypatch.chdir(build(tmp_path / "data", settings).folder)
    assert build(Path("."), settings).reused
    assert folder_for(Path("."), settings) == Path(".")
    beside = folder_for(Path("."), replace(settings, train=5))
    assert beside.parent == tmp_path
    assert beside == folder_for(tmp_path / "data", replace(settings, train=5))


def test_what_somebody_put_beside_a_data_set_stays(tmp_path: Path) -> None:
    settings = CorpusSettings(train=4, dev=2, test=2, processes=1)
    folder = build(tmp_path / "data", settings).folder
    mine = [folder / "rubric.yaml", folder / "clips" / "mine.wav"]
    for path in mine:
        path.write_text("mine")
    assert build(folder, settings).reused
    (folder / "dev.jsonl").write_text("{}\n")
    with pytest.raises(ConfigError, match=r"got clips/mine.wav, rubric.yaml in it, too"):
        build(folder, settings)
    assert [path.read_text() for path in mine] == ["mine", "mine"]


def test_a_data_set_that_another_process_built_meanwhile_stays(tmp_path: Path) -> None:
    settings = CorpusSettings(train=4, dev=2, test=2, processes=1)
    places: set[int] = set()

    def meanwhile(what: str, done: int, total: int) -> None:
        if what == "rendering clips" and done == total and not places:
            other = build(tmp_path / "other", settings).folder
            other.rename(tmp_path / "data")
            places.add((tmp_path / "data").stat().st_ino)

    found = build(tmp_path / "data", settings, meanwhile)
    assert (found.reused, {found.folder.stat().st_ino}) == (True, places)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_what_a_killed_build_left_goes_and_what_another_writes_stays(tmp_path: Path) -> None:
    settings = CorpusSettings(train=4, dev=2, test=2, processes=1)
    killed, alive, other, foreign = (
        tmp_path / name
        for name in (".data-0123abcd", ".data-89ef0123", ".x-0123abcd", ".data-mine")
    )
    for folder in (killed, alive, other, foreign):
        (folder / "clips").mkdir(parents=True)
        (folder / "clips" / "train-00000.wav").write_bytes(b"RIFF")
    for folder in (killed, other, foreign):
        for place in (folder / "clips", folder):
            os.utime(place, (0, 0))
    build(tmp_path / "data", settings)
    assert {path.name for path in tmp_path.iterdir()} == {
        "data", alive.name, other.name, foreign.name,
    }  # fmt: skip


def test_a_disk_that_refuses_is_one_sentence(tmp_path: Path) -> None:
    settings = CorpusSettings(train=4, dev=2, test=2, processes=1)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"the data set cannot be written .*; make room or name"):
        build(tmp_path / "file" / "data", settings)
    # By the first look at it; Python 3.14 sees nothing there, and cannot write.
    with pytest.raises((ConfigError, StorageError), match=r"(of ours|written) \(.*name too long"):
        build(tmp_path / ("a" * 300), settings)


def test_a_manifest_that_does_not_say_what_ours_do_is_no_data_set(tmp_path: Path) -> None:
    settings = CorpusSettings(train=4, dev=2, test=2, processes=1)
    folder = build(tmp_path / "data", settings).folder
    manifest = json.loads((folder / "manifest.json").read_text())
    changed = [manifest | {"clips": {"train": "4"}}, [manifest]]
    for key in ("clips", "files", "identity", "questions", "majority"):
        changed += [manifest | {key: []}, {k: v for k, v in manifest.items() if k != key}]
    changed.append(manifest | {"identity": manifest["identity"] | {"settings": []}})
    for one in changed:
        (folder / "manifest.json").write_text(json.dumps(one))
        with pytest.raises(ConfigError, match="no data set of ours"):
            build(folder, settings)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"facets": ("tonality",)}, "unknown facet 'tonality'"),
        ({"facets": ()}, "at least one"),
        ({"facets": ("key", "meter", "key")}, "facets: got 'key' twice, expected each once"),
        ({"train": 0}, "train: got 0, expected at least 1"),
        ({"chorales": 1.5}, r"chorales: got 1.5, expected a number in \[0, 1\]"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    change: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=message):
        build(tmp_path / "data", CorpusSettings(**change))  # type: ignore[arg-type]


def test_every_clip_is_asked_where_few_facets_are(tmp_path: Path) -> None:
    settings = CorpusSettings(train=12, dev=3, test=3, facets=("key",), processes=1)
    folder = build(tmp_path / "data", settings).folder
    asked = read_questions(folder / "train.jsonl")
    assert [question.facet for question in asked] == ["key"] * 12
    assert len({question.clip for question in asked}) == 12


def test_facets_that_a_source_cannot_be_asked_are_refused_before_a_clip_is_made(
    tmp_path: Path,
) -> None:
    settings = CorpusSettings(train=4, dev=2, test=2, facets=("meter",), processes=1)
    told: list[str] = []
    with pytest.raises(ConfigError, match="train has no chorale phrase to ask about, but a share"):
        build(tmp_path / "data", settings, lambda what, done, total: told.append(what))
    assert "rendering clips" not in told


def test_clips_questions_and_traces_belong_together(built: DataSummary) -> None:
    splits = {s: read_questions(built.folder / f"{s}.jsonl") for s in ("train", "dev", "test")}
    traces = read_traces(built.folder / "traces.jsonl")
    assert [t.question for t in traces] == [q.id for q in splits["train"]]
    assert [t.answer for t in traces] == [q.answer for q in splits["train"]]
    pieces = {s: {(q.source or "").rsplit("/", 1)[0] for q in qs} for s, qs in splits.items()}
    assert not pieces["train"] & pieces["test"]
    for questions in splits.values():
        for question in questions[:20]:
            assert question.clip is not None
            samples_S, rate = soundfile.read(built.folder / question.clip.path, dtype="float32")
            assert (rate, samples_S.shape) == (16_000, (48_000,))
            assert hashlib.sha256(samples_S.tobytes()).hexdigest() == question.clip.sha256
    manifest = json.loads((built.folder / "manifest.json").read_text())
    assert manifest["clips"] == {"train": 60, "dev": 12, "test": 24}
    assert sum(manifest["questions"]["test"].values()) == len(splits["test"])


def test_a_broken_trace_names_file_line_and_field(tmp_path: Path) -> None:
    path = tmp_path / "traces.jsonl"
    write_traces(path, [Trace("q1", "It ends on G.", "G")])
    assert read_traces(path) == (Trace("q1", "It ends on G.", "G"),)
    for line, message in (
        ("{", r"traces.jsonl:2: is not JSON"),
        ("[]", r"traces.jsonl:2: got list"),
        ('{"question": "q2", "think": 3, "answer": "G"}', r":2: field 'think' .* got 3"),
        ('{"question": "q", "think": "", "answer": "G", "x": 1}', r":2: unknown field 'x'"),
        ("[" * 200_000, r"(?i):2: cannot be decoded .*(recursion|stack overflow)"),
        (
            '{"question": "q", "think": "a", "think": "b", "answer": "G"}',
            r":2: .*the key 'think' is given twice",
        ),
        (
            '{"question": "q", "think": "a</think>b", "answer": "G"}',
            r":2: field 'think' .*'</think>'",
        ),
        (
            '{"question": "q", "think": "a", "answer": "<answer>G"}',
            r":2: field 'answer' .*'<answer>'",
        ),
        (
            '{"question": "q", "think": "a \\ud83d", "answer": "G"}',
            r":2: field 'think': got .* text that UTF-8 can hold",
        ),
    ):
        path.write_text('{"question": "q1", "think": "t", "answer": "G"}\n' + line + "\n")
        with pytest.raises(DataError, match=message):
            read_traces(path)


def test_a_traces_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "traces.jsonl"
    path.write_text('{"question": "q1", "think": "t", "answer": "G"}\n', encoding="utf-8-sig")
    assert read_traces(path) == (Trace("q1", "t", "G"),)


def test_a_trace_of_megabytes_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path, much = tmp_path / "traces.jsonl", "a" * 3_000_000
    trace = {"question": "q", "think": "t", "answer": "G"}
    for row in (trace | {"think": [much]}, trace | {much: 1}):
        path.write_text(json.dumps(row))
        with pytest.raises(DataError) as caught:
            read_traces(path)
        assert len(str(caught.value)) < 400
