"""Give a place to the facts of files whose place is not certain, one by one or all that are alike."""
