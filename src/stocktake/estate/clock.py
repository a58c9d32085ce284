"""When things happen: every moment is counted back from one fixed day, so that the estate never ages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

AS_OF = datetime(2026, 11, 23, 18, tzinfo=UTC)
WEEK = timedelta(days=7)
READINGS = 53  # weekly readings of what serves, at most: a year and a day


def ago(days: float) -> datetime:
    """So many days before the moment that the estate describes, in whole seconds."""
    return (AS_OF - timedelta(days=days)).replace(microsecond=0)


def readings(days: int) -> list[datetime]:
    """The moments at which serving tools were read, oldest first: weekly, at most a year."""
    return [AS_OF - WEEK * back for back in reversed(range(min(READINGS, days // 7 + 1)))]


def iso(moment: datetime) -> str:
    """As most tools write a moment."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def millis(moment: datetime) -> int:
    """As MLflow writes a moment: milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def folder(moment: datetime) -> str:
    """As the folder of a reading is named."""
    return moment.strftime("%Y-%m-%dT%H-%M-%SZ")
