"""ONE FILE PER COMMAND: options on top, work below; nobody imports a command."""
