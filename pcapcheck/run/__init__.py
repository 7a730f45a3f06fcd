"""One module for each thing that pcapcheck does with captures. Only these call all stages."""
