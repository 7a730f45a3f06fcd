"""OUR YAML FILES. Takes rule files, topologies and causes, gives data with line and column."""
