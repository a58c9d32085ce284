"""The times that tools write, as UTC moments."""

from __future__ import annotations

from datetime import UTC, datetime


def moment_of(told: object) -> datetime | None:
    """The moment that an ISO text, or a number of seconds or milliseconds since 1970, tells; None if it tells none.

    A text without zone is read as UTC.
    """
    try:
        if isinstance(told, int | float):
            return datetime.fromtimestamp(told / 1000 if told > 1e11 else told, UTC)
        moment = datetime.fromisoformat(str(told))
    except (ValueError, OverflowError, OSError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
