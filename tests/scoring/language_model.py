"""A causal language model small enough to be built in a test, with a real tokenizer; other tests import it too."""

from __future__ import annotations

from pathlib import Path

__all__ = ["build_language_model"]

WORDS = (
    "Text: where is my parcel\nLabel: delivery_status\n\nText: I want my money back\nLabel: return_refund\n\n"
    "Give the text one of these labels: red, green, dark blue. the answer is yes or no"
)


def build_language_model(folder: Path, *, seed: int = 0, longest: int = 2048, kind: str = "gpt2") -> Path:
    """Save a two-layer model with random weights and a byte-level BPE tokenizer trained on a few words.

    `kind`: "gpt2" or "llama" (rotary positions, a begin mark before every text). Returns the folder.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=sorted(alphabet), special_tokens=["<end>", "<begin>"], show_progress=False
    )
    tokenizer.train_from_iterator([WORDS] * 4, trainer)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    if kind == "llama":
        begin = tokenizer.token_to_id("<begin>")
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<begin> $A", special_tokens=[("<begin>", begin)]
        )
    size = tokenizer.get_vocab_size()
    state = torch.random.get_rng_state()
    torch.manual_seed(seed)
    # Weights wide enough that the model prefers some answers clearly to others.
    if kind == "llama":
        settings = LlamaConfig(
            vocab_size=size,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=longest,
            initializer_range=0.3,
            bos_token_id=1,
            eos_token_id=0,
        )
        model = LlamaForCausalLM(settings)
    else:
        settings = GPT2Config(
            vocab_size=size,
            n_positions=longest,
            n_embd=32,
            n_layer=2,
            n_head=4,
            initializer_range=0.3,
            bos_token_id=0,
            eos_token_id=0,
        )
        model = GPT2LMHeadModel(settings)
    torch.random.set_rng_state(state)
    model.eval().save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", bos_token="<begin>").save_pretrained(folder)
    return folder
