"""Whether a name is only supposed: "if it were in F", "a trumpet would be brighter".

Conventions
-----------
An "if" reaches over its sentence but for what a "but" parts from it; "would" and "suppose" reach
on, and back to the name right before them. A label that "would" be something else is not there.
"""

from __future__ import annotations

from rewards.claims.stance.cue_words import (
    CONCLUDES,
    CONTRASTS,
    FINITE,
    FITTING,
    LABELS,
    NEEDS,
    NOBODY,
    REACH,
    READINGS,
    WEIGHED,
)
from rewards.claims.stance.signs import Signs
from rewards.claims.text.words import phrases

_SETTLED = frozenset(("decided", "settled", "opted", "chose", "went"))
_READS = phrases("see|read|write|notate|finger")
"""What a player "would" do with a part: "a clarinet would see G"."""
CLOSE = 8
"""Tokens over which a doubt or an "if" surely reaches."""


class Suppositions(Signs):
    """How far what a sentence supposes reaches."""

    def _supposed(self, first: int, last: int) -> bool:
        for cue in self.suppose:
            word = self.words[cue]
            if word in ("if", "were", "had", "should") and cue < first and self._over(cue, first):
                continue  # "if it were faster I'd dance, and as it stands it is in D"
            if word in ("if", "unless", "were", "had", "should"):
                if self._within(cue, first) and (cue < first or word != "if"):
                    return True
                if word == "if" and cue < first and not self._contrasted(cue, first):
                    return True
                if word == "if" and cue > last and self._within(last, cue):
                    return True
            elif cue < first:
                if word in WEIGHED and not _SETTLED.isdisjoint(self.words[cue:first]):
                    continue  # "I weighed trance and decided for house"
                inside = word != "would" or self.clause[cue] == self.clause[first]
                if not inside and self._relative(cue):
                    continue  # "the demo, in which G would be lower, this one sounds bright"
                if (
                    self._within(cue, first)
                    and first - cue <= 2 * REACH
                    and not self._fresh(cue, first)
                ):  # fmt: skip
                    return True
            elif (
                cue > last
                and self.clause[cue] - self.clause[last] <= 1
                and (self._touches(last, cue) or self._opens(last, cue))
            ):
                return True
        return False

    def posited(self, first: int) -> bool:
        """ "Had the flute gone on to D": does the clause itself suppose it?"""
        start = self.clause.index(self.clause[first]) if self.suppose else 0
        return any(
            start <= cue < first and self.words[cue] not in ("would", "otherwise")
            for cue in self.suppose
        )

    def _relative(self, cue: int) -> bool:
        """Does a cue stand in a clause that "which" or "who" begins?"""
        start = self.clause.index(self.clause[cue])
        return not {"which", "who", "whose"}.isdisjoint(self.words[start : cue + 1][:4])

    def _touches(self, last: int, cue: int) -> bool:
        """Is a cue right behind a name?"""
        near = cue - last <= 3 and ";" not in self.kinds[last:cue]
        return near and NOBODY.isdisjoint(self.words[last:cue])

    def _opens(self, last: int, cue: int) -> bool:
        """ "On the fast reading, 140, every phrase would ...", "in a reel I'd hear two"."""
        if cue - last > 5 or self.words[cue] not in ("would", "'d"):
            return False
        if self.words[:2] in (["in", "a"], ["in", "an"]):
            return last < 5
        opened = self.words[0] in ("on", "with", "at", "under", "in")
        return self.words[cue] == "would" and opened and self.kinds[last + 1] == ","

    def _contrasted(self, cue: int, at: int) -> bool:
        """Is a "but" between the two?"""
        return any(
            self.kinds[spot] == ";"
            or (self.words[spot] in CONCLUDES and self._plain_on(spot))
            or (self.words[spot] in CONTRASTS and self.words[spot + 1 : spot + 2] != ["of"])
            for spot in range(cue, at)
        )

    def _plain_on(self, at: int) -> bool:
        """ ", so strophic": a conclusion of its own, without a "would"."""
        return self.kinds[at - 1 : at] == "," and {"would", "'d", "were", "could"}.isdisjoint(
            self.words[at:]
        )

    def _counterfactual_of(self, first: int, last: int) -> bool:
        """Is a name plainly supposed: "if it were in F", "one sharp would mean G major"?"""
        words = self.words
        for cue in self.suppose:
            if words[cue] in ("if", "were", "had", "unless", "should"):
                if cue < first and (first - cue <= CLOSE or self._counterfactual()):
                    return True
            elif first - 5 <= cue <= last + 3:
                return True
        return False

    def _unmet(self, type_: str, last: int) -> bool:
        """ "A trumpet would be brighter", "an A7 would need a C sharp": it is not there."""
        start = last + 1 + (self.words[last + 1 : last + 2] != ["would"])
        after = self.words[start : start + 2]
        if not FITTING.isdisjoint(self.words[start + 1 : start + 5]) or after[1:] in _READS:
            return False
        if after[:1] != ["would"] or (start > last + 1 and self.words[last + 1] not in READINGS):
            return False
        return type_ in LABELS - {"tempo_term"} or (
            type_ in ("chord", "interval") and after[-1] in NEEDS
        )

    def _fresh(self, cue: int, first: int) -> bool:
        """ "It might be a viola, and the drums are soft": does another sentence begin between?"""
        words = self.words
        for at in range(cue + 1, first):
            if words[at] == "and" and self.kinds[at - 1] == ",":
                rest = words[at + 2 : at + 8]
                stops = [n for n, word in enumerate(rest) if word in (",", ";", "that")]
                if not FINITE.isdisjoint(rest[: stops[0] if stops else None]):
                    return True
        return False

    def _over(self, cue: int, first: int) -> bool:
        """Does a sentence of its own without a "would" stand between an "if" and a name?"""
        if not self._fresh(cue, first):
            return False
        at = max(n for n in range(cue, first) if self.words[n] == "and")
        return {"would", "'d", "were", "had"}.isdisjoint(self.words[at : first + 4])

    def _within(self, cue: int, at: int) -> bool:
        """No "but" or "so" between the two, and no bracket that closed."""
        return self.hard[cue] == self.hard[at] and not (
            cue < at
            and ")" in self.kinds[cue:at]
            and "(" not in self.kinds[cue : self.kinds.index(")", cue)]
        )
