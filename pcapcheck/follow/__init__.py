"""NETWORK -> FATES. Takes the sightings of a network, gives what became of each packet; knows no rules."""
