"""Records, corrects, cancels, lists and exports facts."""
