"""A rubric in other trainers, and their rewards in a rubric.

``trl`` and ``verl`` make of a rubric the function that these libraries call; ``remote``
answers what OpenRLHF and slime ask over HTTP, and ``server`` listens for it. All of them
make a question out of the columns of a data set (``columns``) and read prompts and
completions in either form (``messages``). Neither library is imported here.
"""
