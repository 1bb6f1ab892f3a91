"""How musical values are written: one reader per kind of value.

Each module reads *folded* text (``rewards.text.fold``) and offers the same two
doors: ``parse_x(text)`` for a text that is the value and nothing else, and
``find_xs(text)`` for the mentions in running text. A new kind of value is a new
module here and one entry in ``rewards/kinds.py``.
"""
