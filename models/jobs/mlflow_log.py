"""A finished training told to an MLflow server, where somebody keeps one: BALISE_MLFLOW_URI names it.

MLflow is no requirement of ours: without it, or without the address, nothing happens.
"""

from __future__ import annotations

import logging
import os
import traceback
from pathlib import Path
from typing import Any

from models import checkpoint
from models.jobs.run import Run
from models.main_score import main_score

ADDRESS = "BALISE_MLFLOW_URI"
EXPERIMENT = "balise"
# MLflow waits and asks again for many minutes by itself, although the model is there already
_PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}
_log = logging.getLogger(__name__)


def tell(folder: Path) -> None:
    """Log a training that ended well: settings, curves and score. Whatever goes wrong is written to the log alone."""
    address = os.environ.get(ADDRESS)
    run = Run(folder)
    if not address or run.status != "done" or run.model_folder is None:
        return
    for name, value in _PATIENCE.items():
        os.environ.setdefault(name, value)
    try:
        import mlflow
    except ImportError:
        _log.warning("%s is set, but mlflow is not installed: the training is not logged there", ADDRESS)
        return
    try:
        mlflow.set_tracking_uri(address)
        mlflow.set_experiment(EXPERIMENT)
        _send(mlflow, run, checkpoint.read(run.model_folder))
    except Exception:
        # pages show the log, and the address may hold a password
        reason = traceback.format_exc().replace(address.rstrip("/"), ADDRESS)
        _log.warning("the training could not be logged at the address in %s:\n%s", ADDRESS, reason)
    else:
        _log.info("the training was logged with MLflow")


def _send(mlflow: Any, run: Run, metadata: dict[str, Any]) -> None:
    with mlflow.start_run(run_name=run.name):
        facts = {name: metadata.get(name) for name in ("kind", "target", "preset", "device")}
        mlflow.set_tags({**facts, "fingerprint": metadata.get("data", {}).get("fingerprint")})
        mlflow.log_params(metadata["config"])
        for point in run.curve:
            values = {name: value for name, value in point.items() if name != "step" and value is not None}
            mlflow.log_metrics(values, step=int(point["step"]))
        score = main_score(metadata)
        if score is not None:
            mlflow.log_metrics({f"unseen_{score.name}": score.value})
