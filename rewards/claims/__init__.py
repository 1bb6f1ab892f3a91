"""Claims: what a chain of thought says about the music, read, checked and weighed.

``reading`` turns a completion into claims (``lexicon``, ``sentences`` and ``grammar/`` are
its parts), ``truth`` holds each against the facts of the row, ``theory`` against the
textbook, ``contradictions`` against each other; ``formula`` makes one number of it all with
the weights of ``priors``.
"""
