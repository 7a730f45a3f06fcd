"""FILES -> BLOCKS. Takes paths and streams, gives blocks of packets; does not know what the bytes of a packet mean."""
