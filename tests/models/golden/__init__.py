"""Small checkpoints that every later version has to load and understand, and what they answered when they were made."""
