"""The kinds of evidence, one file each: `find(case)` yields facts. The files of this folder are found by listing it."""
