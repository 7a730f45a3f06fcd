"""WHERE WORK RUNS. Takes functions and tasks and gives their results; it knows nothing of packets."""
