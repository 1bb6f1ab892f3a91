"""Propositions of pure theory, whatever the clip: ``reader`` asks one module per relation."""
