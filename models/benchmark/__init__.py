"""Models measured beside each other on rolling cuts: what to fit, its results on disk, their summary, its document."""
