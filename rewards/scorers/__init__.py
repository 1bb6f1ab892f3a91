"""The rewards, one module each, named like the reward.

``NAMES`` lists them. A module is imported when its reward is first asked for
(``rewards.registry.get``), so that a command pays only for the rewards it uses. None loads
a heavy library before it is called: mir_eval and numpy are imported where arrays over time
are compared.
"""

NAMES = (
    "accuracy",
    "answer",
    "beats",
    "cadence",
    "chord",
    "chords",
    "consistency",
    "counterpoint",
    "diversity",
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
    "theory",
)

JUDGES = ("judge", "theory_by_model")
"""Rewards that ask a model. They need settings, are never alone in a rubric, and take the
completions of a question together to wait once; they compare none."""
