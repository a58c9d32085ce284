"""The nouns that pass between stages: what a tool said, and one reading of a tool."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Seen(msgspec.Struct, frozen=True):
    """One thing that a connector saw, in the tool's own words. A struct, as a load makes millions of them.

    label: the tool's name for this shape of answer. key: the tool's id for it, unique within source and label.
    body: decoded JSON (or its bytes). observed_at: UTC, only where it differs from the time of reading (an event's).
    """

    label: str
    key: str
    body: Any
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What one tool said: a line of the log.

    seq: its place in the log. observed_at: when it was true, UTC. body: canonical JSON bytes, secrets scrubbed; None
    when the body was purged.
    """

    seq: int
    source: str
    label: str
    key: str
    observed_at: datetime
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Source:
    """One configured source: a file of `sources/`.

    settings: everything else that its file says, `${NAME}` filled in from the environment at collection only.
    """

    name: str
    connector: str
    settings: dict[str, Any] = field(default_factory=dict)
    where: str = ""


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 of a moment; a moment without zone is read as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """The UTC moment of so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def read_moment(value: Any) -> datetime:
    """A moment of a settings file or command line, UTC; a day is its beginning. Raises ValueError."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def in_utc(value: Any) -> Any:
    """A time of the lake, which is UTC without saying so, as one that says so; any other value as it is."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def storable(text: str) -> str:
    """A text as every store can hold it: NUL, and half of a surrogate pair, are written out, as JSON does."""
    if text.isascii() and "\x00" not in text:
        return text  # nearly always
    return text.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode()


def canonical(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return msgspec.json.encode(value, order="sorted")


def short_hash(*parts: str, length: int = 12) -> str:
    """A hex hash of some texts, for names of derived files."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:length]


def sha256_of(path: Path) -> str:
    """The hash of a file's content, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
