"""WHERE WORK RUNS. Takes functions and tasks, gives their results; knows no packets."""
