"""Report -> text: one module a format. What formats share is in the folder above."""
