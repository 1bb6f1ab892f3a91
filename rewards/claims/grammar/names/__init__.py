"""Claims of instruments, genres, moods and forms: names, not pitches or numbers.

``vocabulary`` finds the names of the ontology, which ``index`` has by their words; whether one
is meant is told for an instrument by ``meanings``, ``kinds``, ``singers``, ``lists`` and
``doubtful``, for the others by ``genres`` and ``moods``, and in general by ``definitions``. The
``*_words`` are their tables.
"""
