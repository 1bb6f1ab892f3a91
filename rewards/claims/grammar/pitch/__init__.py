"""Names of pitch in a sentence, and what each stands for.

``items`` finds the names, ``articles`` tells which letter is none, ``fixed_do`` reads "do mineur";
``inversions`` and ``glosses`` find what belongs to them; ``senses`` tells
a key from a chord, ``moves`` a key that is reached from the one the music is in, and
``comparisons`` a name that is only compared.
"""
