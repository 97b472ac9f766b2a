"""Pipelines of every diffusers profile with random weights, small enough for a processor: made of settings alone.

Real classes of diffusers and transformers all through, saved as real weights are; no file is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders
from tokenizers import models as kinds
from tokenizers.pre_tokenizers import ByteLevel
from transformers import PreTrainedTokenizerFast

from openhorse.catalog import load
from openhorse.profiles import profiles
from openhorse.weights import File, Manifest, write_manifest

CANVASES = {
    "h3": "{ short = 64, most = 10240, multiple = 32 }",
    "ltx": "{ short = 64, most = 8192, multiple = 32 }",
    "k6": "{ short = 32, most = 2048, multiple = 32 }",
    "wan": "{ short = 32, most = 2048, multiple = 32 }",
}
STEPS = 2


def overlay(steps: int = STEPS) -> str:
    """A catalog to lay over the built-in one: every model with a small canvas and few steps, nothing else changed."""
    rows = (f"[profiles.{name}]\ncanvas = {canvas}\nsteps = {steps}\n" for name, canvas in CANVASES.items())
    return "\n".join(rows)


def build(name: str, models: Path) -> Path:
    """The weights of the profile called `name` in its folder of `models`, as if pulled; the same at every call."""
    torch.manual_seed(7)
    folder = models / name
    BUILDERS[name](folder)
    described = profiles(load())[name].weights
    there = tuple(File(str(path.relative_to(folder)), path.stat().st_size) for path in folder.rglob("*.*"))
    write_manifest(folder, Manifest(described.repository, described.revision, described.files, "tiny", there, "now"))
    return folder


def tokenizer(*special: str, length: int = 64) -> PreTrainedTokenizerFast:
    """One that has a token for each byte; the first of the `special` ones fills up, the second ends."""
    alphabet = sorted(ByteLevel.alphabet())
    words = Tokenizer(kinds.BPE(vocab={text: index for index, text in enumerate([*special, *alphabet])}, merges=[]))
    words.pre_tokenizer = ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    words.add_special_tokens(list(special))
    return PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token=special[0],
        eos_token=special[1],
        unk_token=special[0],
        model_max_length=length,
    )


def _wan(folder: Path) -> None:
    from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
    from transformers import UMT5Config, UMT5EncoderModel

    text = UMT5Config(vocab_size=300, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    WanPipeline(
        tokenizer=tokenizer("<pad>", "</s>"),
        text_encoder=UMT5EncoderModel(text),
        vae=AutoencoderKLWan(
            base_dim=4,
            z_dim=16,
            dim_mult=[1, 1, 1, 1],
            num_res_blocks=1,
            temperal_downsample=[False, True, True],
            is_residual=True,
            in_channels=12,
            out_channels=12,
            patch_size=2,
            scale_factor_spatial=16,
        ),
        scheduler=UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=5.0
        ),
        transformer=WanTransformer3DModel(
            num_attention_heads=2,
            attention_head_dim=12,
            text_dim=16,
            freq_dim=32,
            ffn_dim=32,
            num_layers=2,
            rope_max_seq_len=64,
        ),
        expand_timesteps=True,
    ).save_pretrained(folder)


def _ltx(folder: Path) -> None:
    from diffusers import (
        AutoencoderKLLTX2Audio,
        AutoencoderKLLTX2Video,
        FlowMatchEulerDiscreteScheduler,
        LTX2Pipeline,
        LTX2VideoTransformer3DModel,
    )
    from diffusers.pipelines.ltx2 import LTX2TextConnectors, LTX2Vocoder
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration, Gemma3TextConfig, SiglipVisionConfig

    layers, width = 2, 32
    words = Gemma3TextConfig(
        vocab_size=300,
        hidden_size=width,
        intermediate_size=32,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
    )
    eyes = SiglipVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=1, image_size=28, patch_size=14
    )
    text = Gemma3Config(text_config=words, vision_config=eyes, mm_tokens_per_image=1, image_token_index=299)
    LTX2Pipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05),
        vae=AutoencoderKLLTX2Video(
            latent_channels=8,
            block_out_channels=(8, 16, 32, 64),
            decoder_block_out_channels=(8, 16, 32),
            layers_per_block=(1, 1, 1, 1, 1),
            decoder_layers_per_block=(1, 1, 1, 1),
            spatial_compression_ratio=32,
            temporal_compression_ratio=8,
        ),
        audio_vae=AutoencoderKLLTX2Audio(
            base_channels=4, ch_mult=(1, 1, 1), num_res_blocks=1, latent_channels=2, mel_bins=8, resolution=32
        ),
        text_encoder=Gemma3ForConditionalGeneration(text),
        tokenizer=tokenizer("<pad>", "<eos>", "<bos>"),
        connectors=LTX2TextConnectors(
            caption_channels=width,
            text_proj_in_factor=layers + 1,
            video_connector_num_attention_heads=2,
            video_connector_attention_head_dim=16,
            video_connector_num_layers=1,
            audio_connector_num_attention_heads=2,
            audio_connector_attention_head_dim=16,
            audio_connector_num_layers=1,
            rope_double_precision=False,
            rope_type="split",
        ),
        transformer=LTX2VideoTransformer3DModel(
            in_channels=8,
            out_channels=8,
            num_attention_heads=2,
            attention_head_dim=8,
            cross_attention_dim=16,
            audio_in_channels=4,
            audio_out_channels=4,
            audio_num_attention_heads=2,
            audio_attention_head_dim=4,
            audio_cross_attention_dim=8,
            num_layers=2,
            caption_channels=width,
            rope_double_precision=False,
            rope_type="split",
        ),
        vocoder=LTX2Vocoder(in_channels=16, hidden_channels=32, resnet_kernel_sizes=[3], resnet_dilations=[[1, 3, 5]]),
    ).save_pretrained(folder)


def _k6(folder: Path) -> None:
    from diffusers import (
        AutoencoderKLHunyuanVideo,
        FlowMatchEulerDiscreteScheduler,
        Kandinsky6TI2VAPipeline,
        Kandinsky6Transformer3DModel,
        MMAudioVAE,
        MMAudioVocoder,
    )
    from transformers import (
        CLIPTextConfig,
        CLIPTextModel,
        Qwen2_5_VLConfig,
        Qwen2_5_VLForConditionalGeneration,
    )

    from openhorse.engines.diffusion.reading import Words

    text = Qwen2_5_VLConfig(
        text_config=_qwen_text(layers=1),
        vision_config={"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 1, "out_hidden_size": 16},
        **_QWEN_TOKENS,
    )
    pooled = CLIPTextConfig(
        vocab_size=300, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=1, eos_token_id=1
    )
    pipeline = Kandinsky6TI2VAPipeline(
        transformer=Kandinsky6Transformer3DModel(
            in_visual_dim=4,
            out_visual_dim=4,
            in_text_dim=16,
            in_text_dim2=16,
            time_dim=16,
            model_dim=24,
            ff_dim=32,
            num_text_blocks=1,
            num_visual_blocks=2,
            axes_dims=(4, 4, 4),
            in_audio_dim=8,
            out_audio_dim=8,
            visual_token_type_num_embeddings=2,
        ),
        vae=AutoencoderKLHunyuanVideo(
            latent_channels=4, block_out_channels=(8, 8, 8, 8), layers_per_block=1, norm_num_groups=4
        ),
        text_encoder=Qwen2_5_VLForConditionalGeneration(text),
        tokenizer=Words(tokenizer(*_QWEN_SPECIAL, length=2048)),
        text_encoder_2=CLIPTextModel(pooled),
        tokenizer_2=tokenizer("<pad>", "<eos>", length=77),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=5.0),
        audio_vae=MMAudioVAE(mel_bins=16, latent_channels=8, hidden_channels=16, layers_per_block=1),
        vocoder=MMAudioVocoder(
            num_mels=16,
            upsample_initial_channel=8,
            upsample_rates=(64, 8),
            upsample_kernel_sizes=(128, 16),
            resblock_kernel_sizes=(3,),
            resblock_dilation_sizes=((1,),),
        ),
    )
    pipeline.save_pretrained(folder)
    _named(folder, "tokenizer", "transformers", "Qwen2_5_VLProcessor")


def _named(folder: Path, part: str, library: str, kind: str) -> None:
    """Let the index call a part what it is called in real weights."""
    index = folder / "model_index.json"
    rows = json.loads(index.read_text("utf-8"))
    index.write_text(json.dumps({**rows, part: [library, kind]}), "utf-8")


_QWEN_SPECIAL = (
    "<|endoftext|>", "<|im_end|>", "<|im_start|>",
    "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip
_QWEN_TOKENS = {
    f"{name}_token_id": _QWEN_SPECIAL.index(text)
    for name, text in (
        ("vision_start", "<|vision_start|>"),
        ("vision_end", "<|vision_end|>"),
        ("image", "<|image_pad|>"),
        ("video", "<|video_pad|>"),
    )
}


def _qwen_text(layers: int) -> dict[str, Any]:
    return {
        "vocab_size": 300,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": layers,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0},
    }


def _h3(folder: Path) -> None:
    from diffusers import (
        AutoencoderKLMiniMaxH3,
        AutoencoderKLMiniMaxH3Audio,
        MiniMaxH3Scheduler,
        MiniMaxH3Transformer3DModel,
    )
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    text = Qwen3VLConfig(
        text_config={**_qwen_text(layers=52), "head_dim": 8},  # what comes after the 50th layer is read
        vision_config={
            "depth": 1,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_heads": 1,
            "out_hidden_size": 16,
            "deepstack_visual_indexes": [0],
        },
        **_QWEN_TOKENS,
    )
    words = tokenizer(*_QWEN_SPECIAL, length=2048)
    transformer = {
        "num_attention_heads": 2,
        "attention_head_dim": 16,
        "hidden_size": 32,
        "num_layers": 2,
        "num_refiner_layers": 1,
        "ffn_dim": 32,
        "text_dim": 16,
        "freq_dim": 32,
        "time_embed_hidden_dim": 32,
        "time_embed_dim": 16,
        "rope_freq_dim": 2,
    }
    parts: dict[str, Any] = {
        "text_encoder": Qwen3VLForConditionalGeneration(text),
        "tokenizer": words,
        "vae": AutoencoderKLMiniMaxH3(
            block_out_channels=(8, 8, 8, 8, 8, 8),
            layers_per_block=1,
            norm_num_groups=4,
            decoder_num_layers=1,
            decoder_num_attention_heads=2,
            decoder_attention_head_dim=16,
        ),
        "audio_vae": AutoencoderKLMiniMaxH3Audio(
            encoder_dim=2,
            latent_dim=32,
            num_attention_heads=2,
            decoder_dim=128,
            resblock_kernel_sizes=(3,),
            resblock_dilation_sizes=((1,),),
            latents_mean=[0.0] * 32,
            latents_std=[1.0] * 32,
        ),
        "scheduler": MiniMaxH3Scheduler(shift=12.0),
        "audio_scheduler": MiniMaxH3Scheduler(shift=3.0),
        "transformer": MiniMaxH3Transformer3DModel(**transformer),
        "transformer_ref": MiniMaxH3Transformer3DModel(**transformer),
    }
    for name, part in parts.items():
        part.save_pretrained(folder / name)
    words.save_pretrained(folder / "processor")
    Qwen2VLImageProcessorPil(
        patch_size=16, merge_size=2, size={"shortest_edge": 32 * 32, "longest_edge": 64 * 64}
    ).save_pretrained(folder / "processor")
    index: dict[str, Any] = {"_class_name": "MiniMaxH3ModularPipeline", "reference_image_short_edge": 64}
    index |= {name: [*_kind(part), {**_ON_THE_HUB, "subfolder": name}] for name, part in parts.items()}
    (folder / "modular_model_index.json").write_text(json.dumps(index), "utf-8")


_ON_THE_HUB = {"pretrained_model_name_or_path": "MiniMaxAI/MiniMax-H3", "revision": None, "variant": None}
"""Where the index of the real weights says that each part is, also to those who have them all beside it."""


def _kind(part: Any) -> tuple[str, str]:
    """Its library and class, as indexes name them."""
    return type(part).__module__.partition(".")[0], type(part).__name__


BUILDERS: dict[str, Callable[[Path], None]] = {"h3": _h3, "ltx": _ltx, "k6": _k6, "wan": _wan}
