"""The protocols, one file each with a table of fields. The files of this folder are found by listing it."""
