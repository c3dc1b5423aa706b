"""Getting official files and importing them in the background, as one run (see `data.runs`) for everybody.

What is fetched is kept in the folder of official files, so that a run that was cancelled or lost goes on where it
stopped; what a person uploads is kept in the run's own folder, and only until the run has ended.
"""

from data.intake.launch import MOST_BYTES, MOST_FILES, Options, download, latest, upload
from data.runs import Run, cancel

__all__ = ["MOST_BYTES", "MOST_FILES", "Options", "Run", "cancel", "download", "latest", "upload"]
