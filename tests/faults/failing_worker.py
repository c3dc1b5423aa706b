"""The real training process on a GPU that is soon full, without a GPU: python failing_worker.py FOLDER.

The third step of a network raises what CUDA raises, from where it raises it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from models.jobs import worker


def train(spec, report):
    import torch

    step, steps = torch.optim.AdamW.step, []

    def full(self, *given, **named):
        steps.append(1)
        if len(steps) == 3:
            raise torch.OutOfMemoryError(
                "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 7.79 GiB of which "
                "1.20 GiB is free.\nIncluding non-PyTorch memory, this process has 6.58 GiB memory in use."
            )
        return step(self, *given, **named)

    torch.optim.AdamW.step = full
    return worker._train(spec, report)


if __name__ == "__main__":
    worker.main(sys.argv[1:], train)
