"""A profile's name comes in, a folder with its pipeline goes out whose weights are zeros that take no room on the disk.

Every part is described by its settings alone; its weights' file is whole, with every tensor's name and shape, but a
hole, so that engines load it as they load real ones. Who loads it fills it with random numbers (measured.py).

Where a size comes from: the transformers and codecs of MiniMax-H3 and LTX-2 are the defaults of diffusers' classes. The
text encoders (Qwen3-VL-32B, Gemma 3 12B, UMT5-XXL) and both parts of Wan 2.2 are written here, and not compared with
their files, which were not at hand. The table prints how many parameters came of it: by their model cards the
transformers have 33, 19 and 5 thousand million. Kandinsky 6 Lite's sizes are not known here. With `--models` all are
read from the files of real repositories. Words are read byte by byte unless those have their tokenizers.
"""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

import tiny
from openhorse.catalog import load
from openhorse.profiles import profiles
from openhorse.weights import MANIFEST, File, Manifest, write_manifest

Settings = Mapping[str, Any]

_QWEN3_VL_32B = {
    "text_config": {
        "vocab_size": 151936,
        "hidden_size": 5120,
        "intermediate_size": 25600,
        "num_hidden_layers": 64,
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "rope_parameters": {"rope_type": "default", "mrope_section": [24, 20, 20], "rope_theta": 5000000.0},
    },
    "vision_config": {
        "depth": 27,
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "num_heads": 16,
        "out_hidden_size": 5120,
        "deepstack_visual_indexes": [8, 16, 24],
    },
}
_GEMMA_3_12B = {
    "text_config": {
        "vocab_size": 262208,
        "hidden_size": 3840,
        "intermediate_size": 15360,
        "num_hidden_layers": 48,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "head_dim": 256,
    },
    "vision_config": {
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "num_hidden_layers": 27,
        "num_attention_heads": 16,
        "image_size": 896,
        "patch_size": 14,
    },
    "mm_tokens_per_image": 256,
}
_UMT5_XXL = {"vocab_size": 256384, "d_model": 4096, "d_kv": 64, "d_ff": 10240, "num_layers": 24, "num_heads": 64}
_WAN_5B = {"num_attention_heads": 24, "in_channels": 48, "out_channels": 48, "ffn_dim": 14336, "num_layers": 30}
_WAN_5B_CODEC = {
    "base_dim": 160,
    "decoder_base_dim": 256,
    "z_dim": 48,
    "is_residual": True,
    "in_channels": 12,
    "out_channels": 12,
    "patch_size": 2,
    "scale_factor_spatial": 16,
    "latents_mean": [0.0] * 48,
    "latents_std": [1.0] * 48,
}

FULL: Mapping[str, Mapping[str, Settings]] = {
    "h3": {
        "transformer": {},
        "transformer_ref": {},
        "vae": {},
        "audio_vae": {"latents_mean": [0.0] * 32, "latents_std": [1.0] * 32},
        "text_encoder": _QWEN3_VL_32B,
    },
    "ltx": {
        "transformer": {"rope_type": "split"},
        "connectors": {"rope_type": "split"},
        "vae": {},
        "audio_vae": {},
        "vocoder": {},
        "text_encoder": _GEMMA_3_12B,
    },
    "wan": {"transformer": _WAN_5B, "vae": _WAN_5B_CODEC, "text_encoder": _UMT5_XXL},
}
"""What each part of a model says otherwise than its class does; none for a class whose defaults are the real ones."""

_HEADER_ALIGNMENT = 8
_SMALL_FILES = ("*.json", "*.txt", "*.model", "*.jinja")


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a model's settings come from, and the parameters of each part."""

    source: str
    parameters: Mapping[str, int]


def shape(name: str, models: Path, given: Path | None, is_tiny: bool) -> Shape:
    """Lay the profile called `name` out in its folder of `models`. Exits when its sizes are not known."""
    folder = models / name
    if given is not None:
        _copy(given / name, folder)
        source = "the files given"
    else:
        tiny.build(name, models)
        source = "the tests' tiny one" if is_tiny else "diffusers' defaults and shapes.py's"
        if not is_tiny:
            _enlarge(name, folder)
    found = {part.name: hollow(part) for part in sorted(folder.iterdir()) if _is_model(part)}
    _sign(name, folder)
    return Shape(source, found)


def _copy(source: Path, folder: Path) -> None:
    if not source.is_dir():
        raise SystemExit(
            f"{source} is not there: --models is a folder with one folder for each profile, called as it is."
        )
    for pattern in _SMALL_FILES:
        for file in source.rglob(pattern):
            target = folder / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


def _enlarge(name: str, folder: Path) -> None:
    if name not in FULL:
        raise SystemExit(f"How large {name} is, is not known here: give its repository's files with --models.")
    for part, settings in FULL[name].items():
        file = folder / part / "config.json"
        old = json.loads(file.read_text("utf-8"))
        if "_class_name" in old:
            kept = {key: value for key, value in old.items() if key.startswith("_")}
            file.write_text(json.dumps({**kept, **settings}), "utf-8")
        else:
            tokens = {key: value for key, value in old.items() if key.endswith(("_token_id", "_token_index"))}
            kind = getattr(transformers, old["architectures"][0]).config_class
            kind(**{**settings, **tokens}, architectures=old["architectures"]).save_pretrained(file.parent)


def _is_model(part: Path) -> bool:
    """Schedulers and tokenizers have no such file."""
    return (part / "config.json").is_file()


def hollow(part: Path) -> int:
    """Replace the weights in `part` by a file of zeros without blocks on the disk; how many numbers that are."""
    settings = json.loads((part / "config.json").read_text("utf-8"))
    with torch.device("meta"):
        model = _of_diffusers(settings, part) or _of_transformers(settings, part)
    is_ours = "_class_name" in settings
    for file in part.glob("*.safetensors*"):
        file.unlink()
    name = "diffusion_pytorch_model.safetensors" if is_ours else "model.safetensors"
    _write_zeros(part / name, {key: tuple(value.shape) for key, value in model.state_dict().items()})
    return sum(value.numel() for value in model.parameters())


def _of_diffusers(settings: Settings, part: Path) -> Any:
    if "_class_name" not in settings:
        return None
    kind = getattr(diffusers, settings["_class_name"], None)
    if kind is None:  # parts of one pipeline alone
        from diffusers.pipelines import ltx2

        kind = getattr(ltx2, settings["_class_name"])
    return kind.from_config(kind.load_config(part))


def _of_transformers(settings: Settings, part: Path) -> Any:
    kind = getattr(transformers, settings["architectures"][0])
    return kind(kind.config_class.from_pretrained(part))


def _write_zeros(file: Path, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """As the safetensors format has it: the header's length, the header, then all numbers, of 16 bits each."""
    rows: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, size in shapes.items():
        end = at + 2 * torch.Size(size).numel()
        rows[name] = {"dtype": "BF16", "shape": size, "data_offsets": [at, end]}
        at = end
    header = json.dumps(rows).encode()
    header += b" " * (-len(header) % _HEADER_ALIGNMENT)
    with file.open("wb") as out:
        out.write(struct.pack("<Q", len(header)) + header)
        out.truncate(8 + len(header) + at)


def _sign(name: str, folder: Path) -> None:
    """The manifest of weights that were pulled."""
    described = profiles(load())[name].weights
    files = (path for path in folder.rglob("*.*") if path.is_file() and path.name != MANIFEST)
    there = tuple(File(str(path.relative_to(folder)), path.stat().st_size) for path in files)
    write_manifest(folder, Manifest(described.repository, described.revision, described.files, "random", there, "now"))
