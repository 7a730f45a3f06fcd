"""ONE FILE PER COMMAND: options on top, work below. No module imports a command."""
