"""Which installation of a tool is meant where an identifier names no server."""

from __future__ import annotations

import re
from collections import Counter

from stocktake.nouns import Source
from stocktake.project import Project

SERVER = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/@]*@)?([^/\s]+)")


def default_instances(project: Project) -> dict[str, str]:
    """Per tool the installation that the project names, else the one of its only source."""
    platforms = {source.name: project.vocabulary_of(source) for source in project.sources}
    counts = Counter(platforms.values())
    only = {
        platforms[source.name]: instance_of(source) for source in project.sources if counts[platforms[source.name]] == 1
    }
    return {**only, **project.instances}


def instance_of(source: Source) -> str:
    """What a source calls its installation: its `instance`, else the server that its `url` names, else its own name."""
    told = source.settings.get("instance")
    server = SERVER.match(str(source.settings.get("url") or ""))
    return str(told) if told is not None else server[1] if server else source.name
