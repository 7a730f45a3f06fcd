"""Inputs: what a path names, in which order, and what is left out."""
