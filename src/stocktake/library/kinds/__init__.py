"""The shipped kinds: one file each."""
