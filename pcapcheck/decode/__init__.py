"""Decodes blocks into columns, which have the names of Wireshark's fields. It opens no file."""
