"""How we learn: classifiers of accidents, the forecaster of daily counts, their evaluation, explanation and keeping."""
