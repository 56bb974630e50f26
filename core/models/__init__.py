"""Models that are fetched: which there are, under which licence, and how they come here whole."""
