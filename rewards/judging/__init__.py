"""A language model as a judge: what it is asked, how it is reached, how its reply is read.

``request`` writes what it is asked, ``reply`` reads what it says, ``transport`` sends one
request, ``asking`` tries again, counts and remembers; ``company`` is the rule that it is never
alone in a rubric. ``rewards/scorers/judge.py`` is the reward.
"""
