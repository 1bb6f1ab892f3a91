"""What is wrong with a data set before anybody trains on it.

``rows`` reads a file of questions or of traces and keeps what cannot be read; ``gold`` holds
answers against the rewards (``readings``: are they values of their facet), ``sections`` looks
for tags in traces, ``facts`` holds the facts of a row against each other, ``textbook`` answers
and chains of thought against music theory (``phrasings``: how its questions are put,
``answered``: what is false; ``signs``: signatures that no key has; ``prose``: what a text says;
``standing``: which of its claims may be right as they stand), ``repeats`` rows against rows;
``check`` does it all.
"""
