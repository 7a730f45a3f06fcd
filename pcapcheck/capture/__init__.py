"""FILES -> BLOCKS. Takes paths and streams, gives blocks of packets; does not know what their bytes mean."""
