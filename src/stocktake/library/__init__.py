"""What ships, in the same form as a project: one folder per kind of file."""
