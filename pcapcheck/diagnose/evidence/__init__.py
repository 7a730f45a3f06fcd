"""The kinds of evidence, one file each: `find(case)` yields facts. They are found by listing this folder."""
