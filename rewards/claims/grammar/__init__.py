"""One module per kind of claim: what its readers find in the tokens of a sentence."""
