"""A run folder as one page: ``write_report(run)`` makes ``report.html``."""

from experiments.report.page import write_report
from experiments.report.results import OVERALL, Gain, Results, ResultsRow, write_results

__all__ = ["OVERALL", "Gain", "Results", "ResultsRow", "write_report", "write_results"]
