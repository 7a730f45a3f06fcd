"""FILES -> BLOCKS. Takes paths and streams and gives blocks of packets; it does not interpret their bytes."""
