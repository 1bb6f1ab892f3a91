"""A language model as a judge: what it is asked, how it is reached, how its reply is read.

``request`` writes what it is asked, ``reply`` reads what it says, ``transport`` sends one
request, ``asking`` tries again and remembers; ``rewards/scorers/judge.py`` is the reward.
"""

JUDGES = frozenset({"judge"})
"""Rewards whose value is a model's opinion: never alone in a rubric. They judge the
completions of a question together to wait once, and compare none."""
