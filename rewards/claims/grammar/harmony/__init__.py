"""Claims of keys, modes, signatures, chords, progressions, numerals, functions and cadences."""
