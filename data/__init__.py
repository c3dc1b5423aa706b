"""What we know about accidents: code book, reading, cleaning, joining, features, daily series, demo data."""
