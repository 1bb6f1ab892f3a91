"""The rewards, one module each, named like the reward.

Importing this package registers them all. None loads a heavy library before it is
called: mir_eval and numpy are imported where arrays over time are compared.
"""

from importlib import import_module

NAMES = (
    "accuracy",
    "beats",
    "cadence",
    "chord",
    "chords",
    "counterpoint",
    "downbeats",
    "form",
    "format",
    "function",
    "genre",
    "instruments",
    "interval",
    "key",
    "key_signature",
    "length",
    "lyrics",
    "melody",
    "meter",
    "mode",
    "modulation",
    "mood",
    "note",
    "notes",
    "onsets",
    "progression",
    "repetition",
    "roman",
    "segments",
    "structured",
    "tags",
    "tempo",
    "tempo_term",
)

for _name in NAMES:
    import_module(f"rewards.scorers.{_name}")
