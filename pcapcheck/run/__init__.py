"""THE JOURNEYS. One module for each thing that pcapcheck does with captures; these alone call all stages."""
