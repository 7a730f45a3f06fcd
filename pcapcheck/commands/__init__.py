"""The commands, one file each, with the options on top and the work below. No module imports a command."""
