"""The real worker with a training that lasts as long as its spec says: python fake_worker.py FOLDER."""

import errno
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from data.errors import DataError
from models.jobs import worker


class Fitted:
    def __init__(self, spec):
        self.spec = spec
        self.metadata = {"kind": "fake", "target": "daily", "config": {}}

    def save(self, folder):
        from models import checkpoint

        if self.spec["preset"] == "disk-full":
            raise OSError(errno.ENOSPC, "No space left on device")
        checkpoint.save(folder, self.metadata, self.write)
        if self.spec["preset"] == "late":  # somebody asks to stop at the last moment, and is heard in time
            (Path(sys.argv[1]) / "cancel").touch()
            time.sleep(self.spec["settings"]["dawdle"])

    def write(self, part):
        (part / "weights.bin").write_bytes(bytes(self.spec["settings"].get("weights", 1)))
        time.sleep(self.spec["settings"].get("saving", 0.0))


def train(spec, report):
    from models.base import EnoughTrained, Progress

    if spec["preset"] == "keeping":
        (Path(sys.argv[1]) / "state").mkdir(exist_ok=True)
        (Path(sys.argv[1]) / "state" / "0.safetensors").touch()
    if spec["preset"] == "ended":  # killed, or asked to end, once the model has its name
        worker.shutil.rmtree = lambda *given, **named: os.kill(os.getpid(), spec["settings"]["signal"])
    settings = spec["settings"]
    epochs, pause = settings.get("epochs", 3), settings.get("pause", 0.01)
    if spec["preset"] == "bad-data":
        raise DataError("counts.csv: column 'accidents' is missing.")
    if spec["preset"] == "bug":
        raise KeyError("inner")
    time.sleep(settings.get("loading", 0.0))
    for epoch in range(1, epochs + 1):
        time.sleep(pause)
        report(Progress("epoch", epoch, epochs, (epoch - 0.5) / epochs))
        loss = float("nan") if epoch == 2 else 1 / epoch
        values = {"train_loss": loss, "validation_loss": loss}
        try:
            report(Progress("epoch", epoch, epochs, epoch / epochs, values, may_end=True))
        except EnoughTrained:
            break
        if spec["preset"] == "hungry":
            bytes(1 << 60)
    time.sleep(settings.get("scoring", 0.0))
    return Fitted(spec)


if __name__ == "__main__":
    worker.main(sys.argv[1:], train)
