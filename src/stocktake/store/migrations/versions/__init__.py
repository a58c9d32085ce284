"""Migrations of the store, one file per revision of its tables."""
