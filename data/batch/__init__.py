"""A person's own file of accidents, one a row: read as it is, matched to the inputs of the models, and explained.

Whatever a file holds, each of its rows stays, in order; what cannot be used of it is said in words.
"""
