"""Data sets of others as questions and traces: from rows to a folder that every command reads."""
