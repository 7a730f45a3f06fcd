"""THE INTENDED NETWORK. Takes a topology file or what was seen; gives nodes, pods, services and capture points."""
