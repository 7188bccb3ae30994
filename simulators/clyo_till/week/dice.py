"""Repeatable chance: built on `random.random()` alone, the one method whose sequence Python promises to keep."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """The same seed gives the same throws, on every machine and version."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def chance(self, probability: float) -> bool:
        """Say yes that often."""
        return self._random.random() < probability

    def between(self, lowest: int, highest: int) -> int:
        """A whole number, both ends included."""
        return lowest + int(self._random.random() * (highest - lowest + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """One of them, each as likely."""
        return choices[self.between(0, len(choices) - 1)]

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """One of them, as likely as its weight says."""
        left = self.between(1, sum(weight for _, weight in choices))
        for choice, weight in choices:
            left -= weight
            if left <= 0:
                return choice
        raise AssertionError("the weights were summed up")
