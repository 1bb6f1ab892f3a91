"""How an author stands by what a sentence names: asserted, denied, hedged, supposed, taken back.

``statements`` makes claims of what the grammar found and asks the others. ``cues`` reads the
words around one name (``signs`` finds them, ``cue_words`` lists them); ``refusals``,
``suppositions``, ``verdicts``, ``contrasts``, ``absences`` and ``leanings`` each know one way of
not putting a name forward, ``offers``, ``reports`` and ``generalities`` one way in which a whole
sentence claims nothing. A clause that rejects what was said before it is known by ``rejections``,
what the author once noted by ``memories``; ``afterthoughts`` tells what both make of a claim of
the same sentence, ``replies`` of the sentence before (with ``queries``, answers to questions).
``corrections`` looks back over several.
"""
