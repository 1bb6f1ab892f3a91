"""Whether a run's reward is being gamed, and what it teaches besides what was meant.

columns.py     what is known of the rollouts of a run
reading.py     the journal of a run, every so many steps of it, as these columns
features.py    what a text looks like, whatever it says
statistics.py  siblings compared with each other; intervals; how many things were looked at
merit.py       what right answers earn beside wrong siblings
shortcuts.py   what is paid among siblings whose answers are worth the same
parts.py       what each part of the rubric teaches
course.py      the first fifth of the run against the last
habits.py      answers and thoughts that are the same whatever is asked
findings.py    what is flagged
printing.py    the report

Conventions
-----------
A rollout is judged anew by Etude's own ``answer`` and ``format``, whatever the run's rubric says:
its *worth*. A completion of the full worth is right. Siblings of one worth are *equals*.
Every test of a report shares one error rate, ``findings.ALARMS``, divided by the number of tests.
A flag also needs an effect that matters; each module names its threshold and the reason for it.
"""

ROLLOUTS = 40_000
"""Read by default: in such a number whatever explains a twentieth of the advantage is plain."""
