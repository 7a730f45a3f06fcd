"""Joins the variants of all captures to flows and places them on expected paths, which gives a Network.

It does not know rules, causes or files.
"""
