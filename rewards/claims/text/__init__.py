"""A completion as it is read: raw text to sentences of tokens, each with its place.

``folding`` folds, ``prompts`` blanks what is copied, ``latex`` what marks it up, ``lexicon`` makes
tokens, ``sentences`` their sentences. Nothing here knows what a claim is.
"""
