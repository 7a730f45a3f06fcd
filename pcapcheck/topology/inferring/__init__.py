"""Parts of the guess: facts of each capture in; owners, pods, nodes, tunnels, subnets and services out."""
