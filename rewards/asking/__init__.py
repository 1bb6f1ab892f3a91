"""A language model is asked: what it is sent, how it is reached, how its reply is read.

``transport`` sends one request, ``reply`` opens what comes back, ``asker`` tries again, counts
and remembers, ``siblings`` asks for the completions of a question side by side, ``sealing`` keeps
a text from speaking to the model, ``settings`` holds what a rubric may say of all this.

What is asked for is a ``Task``: an ``opinion`` (the reward ``judge``), the ``claims`` of a text
(``theory_by_model``), by the ``definitions`` of what is one and ``examples``, each at the
``places`` of its words; a ``reader`` asks for as many lists as a rubric wants. ``company`` is the
rule that no model is alone in a rubric, ``silence`` the one that a run ends at its first step
where most of what it asks is not answered.
"""
