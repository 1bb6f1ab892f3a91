"""Music data made from real scores: excerpts, questions and MF-Think traces."""
