from __future__ import annotations
def check_portable(path, query):
    return []
