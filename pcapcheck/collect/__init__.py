"""BLOCKS -> CAPTURE SUMMARIES. Takes captures and a plan of what to read; knows no topology."""
