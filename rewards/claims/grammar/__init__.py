"""What may be a claim, by kind: what its readers find in the tokens of a sentence.

A ``reader`` is the module of a room that ``rewards/claims/reading.py`` calls where more than one
kind is found at once. Imports go one way:

=============  ====================================================  ==============
room           finds                                                 imports
=============  ====================================================  ==============
``textbook/``  propositions of pure theory                           harmony, pitch
``harmony/``   keys, modes, signatures, chords, numerals, cadences   pitch
``notes/``     single notes, intervals                               pitch
``pitch/``     names of pitch, and what each stands for
``time/``      meters, tempi
``names/``     instruments, genres, moods, forms
=============  ====================================================  ==============
"""
