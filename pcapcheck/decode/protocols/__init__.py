"""One file per protocol: a table of fields. Found by looking into this folder."""
