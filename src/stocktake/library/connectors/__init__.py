"""The shipped connectors: one file each."""
