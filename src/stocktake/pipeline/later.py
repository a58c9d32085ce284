"""Tables that are read or made when one of them is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


class Later(Mapping[str, "pa.Table"]):
    """Tables by name. names: gives the names that there are; read: the table of one of them."""

    def __init__(self, names: Callable[[], Iterable[str]], read: Callable[[str], pa.Table]) -> None:
        self._list = names
        self._read = read
        self._found: dict[str, pa.Table] = {}

    @cached_property
    def _names(self) -> dict[str, None]:
        return dict.fromkeys(self._list())

    def __getitem__(self, name: str) -> pa.Table:
        if name not in self._found:
            if name not in self._names:
                raise KeyError(name)
            self._found[name] = self._read(name)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
