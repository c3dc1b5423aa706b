"""A look inside a loaded model: its layers or trees, what it learnt about categories, and where it looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data.text import _

if TYPE_CHECKING:
    from models.classifier import Classifier
    from models.lstm_forecasting import LSTMForecaster
    from models.tab_transformer import TabTransformerClassifier

    Model = Classifier | LSTMForecaster

PLACES = "places"  # of the départements that a forecaster learnt
UNKNOWN = ""  # the code of an unknown value


@dataclass(frozen=True)
class Embedding:
    """What was learnt about the values of one input, put on a plane: near ones are alike to the model.

    Shapes: codes (n,), points (n, 2). `kept`: the share of all differences that the plane still shows.
    """

    codes: tuple[str, ...]
    points: np.ndarray
    kept: float


@dataclass(frozen=True)
class Attention:
    """How a TabTransformer weighs its tokens for one accident, averaged over the heads of each block.

    Shapes: tokens (n,) inputs or topics, weights (blocks, n, n): rows look at columns and add up to 1.
    """

    tokens: tuple[str, ...]
    weights: np.ndarray

    @property
    def received(self) -> np.ndarray:
        """The share of all looks that each token receives, over all blocks. Shape: (n,)."""
        return np.asarray(self.weights.mean(axis=(0, 1)))


def layers(model: Model) -> pd.DataFrame:
    """What was learnt, one row a tensor: part, name, kind, shape, parameters; empty for trees."""
    rows = []
    for part, network in _networks(model):
        for name, module in network.named_modules():
            for own, tensor in module.named_parameters(recurse=False):
                kind = type(module).__name__.lstrip("_").removeprefix("NonDynamicallyQuantizable")
                shape = tuple(tensor.shape)
                rows.append((part, f"{name}.{own}".lstrip("."), kind, shape, tensor.numel()))
    for part, one in _parts(model):
        if hasattr(one, "coefficients"):
            for name in ("coefficients", "intercept"):
                array = getattr(one, name)
                rows.append((part, name, _("linear"), array.shape, array.size))
    found = pd.DataFrame(rows, columns=["part", "name", "kind", "shape", "parameters"])
    found["shape"] = [" × ".join(map(str, shape)) for shape in found["shape"]]
    return found


def trees(model: Model) -> pd.DataFrame:
    """Trees in numbers, one row a part of the model: part, trees, depth (the deepest), leaves (all, and a tree)."""
    rows = []
    for part, one in _parts(model):
        shapes = _shapes(one)
        if shapes:
            leaves = sum(n for _depth, n in shapes)
            rows.append((part, len(shapes), max(depth for depth, _n in shapes), leaves, leaves / len(shapes)))
    return pd.DataFrame(rows, columns=["part", "trees", "depth", "leaves", "leaves_a_tree"])


def embedded(model: Model) -> list[str]:
    """The inputs of which an embedding was learnt; empty where there is none."""
    transformer = transformer_of(model)
    if transformer is not None:
        return [i.name for i in transformer.encoder.inputs if i.kind == "category"]
    return [PLACES] if _places(model) is not None else []


def embedding(model: Model, name: str) -> Embedding:
    """What was learnt about the values of one of `embedded`; the first is that of an unknown value.

    Raises: ValueError where none was learnt.
    """
    if name not in embedded(model):
        raise ValueError(_("no embedding of {name} was learnt").format(name=name))
    transformer = transformer_of(model)
    if transformer is None:
        network = _places(model)
        codes, weights = network.places, network.network.place.weight
    else:
        encoder = transformer.encoder
        names = [i.name for i in encoder.inputs if i.kind == "category"]
        codes = encoder.categories[name]
        start = sum(encoder.sizes[: names.index(name)])
        weights = transformer.network.embedding.weight[start : start + len(codes) + 1]
    points, kept = on_a_plane(weights.detach().cpu().double().numpy())
    return Embedding((UNKNOWN, *codes), points, kept)


def on_a_plane(vectors: np.ndarray) -> tuple[np.ndarray, float]:
    """The two directions in which vectors differ most (PCA), and the share of their variance that lies in these.

    Shapes: (n, width) -> (n, 2). The larger end of each direction points to positive numbers.
    """
    centred = vectors - vectors.mean(axis=0)
    left, sizes, _right = np.linalg.svd(centred, full_matrices=False)
    points = np.zeros((len(vectors), 2))
    used = min(2, len(sizes))
    points[:, :used] = left[:, :used] * sizes[:used]
    points *= np.sign(points[np.abs(points).argmax(axis=0), [0, 1]] + 1e-300)  # the sign of a direction is chance
    whole = float((sizes**2).sum())
    return points, 1.0 if whole == 0 else float((sizes[:used] ** 2).sum()) / whole


def attends(model: Model) -> bool:
    """Whether `attention` can be asked of a model."""
    return transformer_of(model) is not None


def attention(model: Model, row: pd.DataFrame) -> Attention:
    """Where a TabTransformer, or that of a blend, looks for one accident (a row as of `data.features.row`).

    Raises: ValueError where the model has no attention; DataError for a value that is not possible.
    """
    import torch

    from data.features import checked
    from models.encoder import TOPICS

    transformer = transformer_of(model)
    if transformer is None:
        raise ValueError(_("this model has no attention"))
    network, encoder = transformer.network, transformer.encoder
    place = next(network.parameters()).device
    network.eval()
    with torch.inference_mode():
        codes, numbers = (t.to(place) for t in transformer._tensors(encoder.encode(checked(row))))
        tokens = network.tokens(codes, numbers)
        weights = []
        for block in network.blocks.layers:
            # as the layer itself attends: it norms after, not before
            weights.append(block.self_attn(tokens, tokens, tokens, need_weights=True)[1][0])
            tokens = block(tokens)
    names = [i.name for i in encoder.inputs if i.kind == "category"]
    if network.topics is not None:
        names += dict.fromkeys(TOPICS)
    return Attention(tuple(names), torch.stack(weights).cpu().double().numpy())


def _parts(model: Any) -> Iterator[tuple[str, Any]]:
    """A model by itself, or the members of a blend by their kinds."""
    members = getattr(model, "members", None)
    if isinstance(members, dict):
        yield from members.items()
    else:
        yield "", model


def _networks(model: Any) -> Iterator[tuple[str, Any]]:
    for part, one in _parts(model):
        if hasattr(one, "network"):
            yield part, one.network
        elif hasattr(one, "_design"):
            yield "france", one._design.network
            places = _places(one)
            if places is not None:
                yield "departements", places.network


def _places(model: Any) -> Any:
    """The network of départements of a forecaster; None without."""
    found = getattr(model, "_departements", None)
    return None if found is None else found.network


def transformer_of(model: Any) -> TabTransformerClassifier | None:
    """A TabTransformer, or that of a blend; None where there is none."""
    return next((one for _part, one in _parts(model) if getattr(one, "kind", "") == "tab-transformer"), None)


def _shapes(model: Any) -> list[tuple[int, int]]:
    """Depth and leaves of every tree; empty for what has none."""
    if hasattr(model, "forest"):
        return [(int(t.tree_.max_depth), int(t.tree_.n_leaves)) for t in model.forest.estimators_]
    if not hasattr(model, "booster"):
        return []
    # one line a node, with as many tabs before it as splits above it
    dumped = (text.splitlines() for text in model.booster.get_dump(dump_format="text"))
    return [
        (max(len(line) - len(line.lstrip("\t")) for line in tree), sum("leaf=" in line for line in tree))
        for tree in dumped
    ]
