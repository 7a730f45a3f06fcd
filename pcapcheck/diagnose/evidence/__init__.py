"""The kinds of evidence, one file each: `find(case)` yields facts. Files are found by folder."""
