"""Runs tasks in this process or in others, and returns their results. It knows nothing about packets."""
