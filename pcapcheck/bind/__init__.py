"""CAPTURES -> CAPTURE POINTS. Takes names, metadata and packets of captures; knows no rules."""
