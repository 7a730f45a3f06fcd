"""THE JOURNEYS. One module for each thing that pcapcheck does with captures; only these call all stages."""
