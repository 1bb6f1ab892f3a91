"""What a claim is held against.

``truth`` and, for chords and notes, ``harmony``, for names ``names`` hold it against the ``facts``
of the row, ``theory`` against the textbook, ``contradictions`` and ``entailment`` against the other
claims.
"""
