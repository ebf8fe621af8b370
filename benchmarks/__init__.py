"""What the product costs, as ratios against named references measured in the same run."""
