"""What the reward ``counterpoint`` judges: given parts, added parts, named faults.

A package of its own, loaded at the first question of the kind: importing
``rewards`` need not wait for it.
"""
