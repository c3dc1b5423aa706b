"""The real worker, which keeps the state of a network after each epoch: python real_worker.py FOLDER."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from models import resuming
from models.jobs import worker

resuming._EVERY = 0.0

if __name__ == "__main__":
    worker.main(sys.argv[1:])
