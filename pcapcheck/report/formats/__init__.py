"""The formats in which a report is written, one module each. What they share is in the folder above."""
