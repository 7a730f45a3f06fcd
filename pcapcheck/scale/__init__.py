"""Runs functions and tasks, in this process or in others, and returns results. It knows nothing about packets."""
