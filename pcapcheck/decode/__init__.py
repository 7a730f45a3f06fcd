"""BLOCKS -> COLUMNS. Takes blocks and a dissector table, gives fields by Wireshark's name; opens no file."""
