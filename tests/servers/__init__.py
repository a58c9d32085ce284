"""Real servers for the live tests: each is started on a free loopback port, and stopped with all its children."""
