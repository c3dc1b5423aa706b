"""Reports to keep or hand on: what they hold, and how it becomes one HTML file or a PDF."""
