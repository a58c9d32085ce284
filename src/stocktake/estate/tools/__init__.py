"""One writer per tool: what it would answer about a team, in the form in which its connector reads saved answers."""
