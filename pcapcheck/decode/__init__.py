"""BLOCKS -> COLUMNS. Takes blocks and a dissector table, gives fields by Wireshark's name; does no input or output."""
