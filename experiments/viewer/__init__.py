"""Every rollout of a run to read, hear and compare, in a browser: ``etude view RUN``.

    journal, metrics -> wanted (what the reader asked for) -> pages -> server

The report shows a few steps in one file; here all of them are, also of a run in progress.
"""
