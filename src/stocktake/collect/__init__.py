"""Collection: what tools say, in their own words, into the log."""
