"""The metadata graph: one artifact per real thing, as all sources together tell it, at any moment."""
