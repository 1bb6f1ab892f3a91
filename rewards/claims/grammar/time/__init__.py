"""Claims of meter and tempo."""
