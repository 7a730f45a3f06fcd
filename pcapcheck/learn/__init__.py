"""Writes a rule file with what the packets of a working network have in common.

It does not know whether what it learns is right: somebody reads the rules before they are used.
"""
