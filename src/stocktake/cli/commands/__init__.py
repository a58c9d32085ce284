"""The commands, a few to a file. Each asks the library, and prints its answer."""
