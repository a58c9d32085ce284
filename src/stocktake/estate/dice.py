"""Chance: the same seed gives the same company, and no team depends on how many others there are."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from stocktake.estate.mess import RATES


class Dice(random.Random):
    """Chance of one team. asked, planted: how often each mess could have been planted, and was."""

    def __init__(self, seed: int, team: int) -> None:
        super().__init__(f"{seed}/{team}")
        self.asked: Counter[str] = Counter()
        self.planted: Counter[str] = Counter()

    def mess(self, name: str) -> bool:
        """Whether a mess befalls the thing at hand, by its stated rate."""
        self.asked[name] += 1
        is_planted = self.random() < RATES[name]
        self.planted[name] += is_planted
        return is_planted

    def one_of(self, names: Sequence[str]) -> str:
        """At most one of several messes that exclude each other, each at its own rate; nothing for none."""
        thrown, chosen = self.random(), ""
        for name in names:
            self.asked[name] += 1
            thrown -= RATES[name]
            if thrown < 0 and not chosen:
                chosen = name
                self.planted[name] += 1
        return chosen

    def hex(self, digits: int) -> str:
        """An id in hexadecimal."""
        return f"{self.getrandbits(digits * 4):0{digits}x}"

    def uuid(self) -> str:
        """An id as UUIDs are written."""
        told = self.hex(32)
        return "-".join((told[:8], told[8:12], f"7{told[13:16]}", f"a{told[17:20]}", told[20:]))

    def later(self, moment: datetime, low: float, high: float) -> datetime:
        """A moment so many days later, in whole seconds."""
        return (moment + timedelta(days=self.uniform(low, high))).replace(microsecond=0)
