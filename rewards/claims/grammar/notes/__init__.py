"""Claims of single notes, and of intervals."""
