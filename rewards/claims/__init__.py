"""Claims: what a chain of thought says about the music, read, checked and weighed.

``reading`` turns a completion into claims, ``answers`` the answer; ``formula`` makes one number
of them with the weights of ``priors``. They call four rooms, whose imports go one way:

=============  ==============================================================  ===============
room           does                                                            imports
=============  ==============================================================  ===============
``grammar/``   what may be a claim: each kind found in a sentence's tokens     stance, text
``stance/``    how its author stands by it                                     text
``text/``      the completion as sentences of tokens
``verify/``    held against the facts of the row, the textbook, other claims  text
=============  ==============================================================  ===============

Below all stand ``records`` (``Claim``), ``sameness`` (when two values are one) and, over
``text``, ``context`` (what the readers of a section share). ``told`` reads a value that a model or
a label gives, ``absent`` what is claimed where it is asked what is not there.
``tests/rewards/claims/test_rooms.py`` holds every import to this.
"""
