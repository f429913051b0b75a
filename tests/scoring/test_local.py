"""A real causal model: its scores against plain torch, where the answer begins, and what is no model."""

import json
import shutil
import subprocess
import sys

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from votek.embeddings.packaged import packaged_folder
from votek.errors import ModelError, ScoringError
from votek.scoring import ModelSettings, Request, open_scorer
from votek.scoring.labels import answer_after

LABELS = ("delivery_status", "return_refund", "red", "dark blue")


def by_hand(folder, prompt, label):
    """Log-probabilities of a label's tokens, by one plain forward pass over the whole text."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    text = prompt + answer_after(prompt, label)
    encoded = tokenizer(text, return_offsets_mapping=True)
    ids = encoded["input_ids"]
    with torch.inference_mode():
        logs = model(torch.tensor([ids])).logits[0].double().log_softmax(-1)
    places = [at for at, (begin, end) in enumerate(encoded["offset_mapping"]) if end > len(prompt)]
    assert tokenizer.decode([ids[at] for at in places]).endswith(label)
    return [float(logs[at - 1, ids[at]]) for at in places]


@pytest.fixture(params=["gpt2", "llama"])
def folder(request, model_folder, llama_folder):
    """Both kinds of model."""
    return model_folder if request.param == "gpt2" else llama_folder


def local(folder, **given):
    """A scorer around the model in a folder."""
    return open_scorer(ModelSettings(tier="transformers", model=str(folder), **given))


@pytest.mark.parametrize("scoring", ["mean", "sum", "pmi"])
def test_scores_equal_a_computation_by_hand(folder, requests_of, scoring):
    for request, score in zip(requests_of(3), local(folder, scoring=scoring).score(requests_of(3)), strict=True):
        for label in LABELS:
            logs = by_hand(folder, request.prompt, label)
            expected = {"mean": sum(logs) / len(logs), "sum": sum(logs)}
            expected["pmi"] = expected["sum"] - sum(by_hand(folder, "Label:", label))
            assert score.label_scores[label] == pytest.approx(expected[scoring], abs=1e-5)
            if label == score.prediction:
                assert score.confidence == pytest.approx(expected["mean"], abs=1e-5)
        assert score.prediction == max(score.label_scores, key=score.label_scores.get)


@pytest.mark.parametrize("labels", [("red",), ("a", "b", "c"), tuple(f"label number {at} of many" for at in range(37))])
def test_one_label_short_labels_and_more_labels_than_a_batch(folder, requests_of, labels):
    request = requests_of(1, labels)[0]
    score = next(local(folder).score([request]))
    for label in labels:
        logs = by_hand(folder, request.prompt, label)
        assert score.label_scores[label] == pytest.approx(sum(logs) / len(logs), abs=1e-5)


def test_a_score_does_not_depend_on_the_others_asked_with_it(folder, requests_of):
    together = list(local(folder).score(requests_of(5)))
    alone = [next(local(folder).score([request])) for request in requests_of(5)]
    assert together == alone


@pytest.mark.parametrize("ending", ["Label:", "Label: ", "Label:\n", "Label: »", 'Label: {"', "é"])
def test_the_label_begins_where_the_prompt_ends(folder, ending):
    request = Request("x", "Some text\n" + ending, (), (), ("red", "blau–grün", "“yes”", "😀"))
    score = next(local(folder).score([request]))
    for label in request.labels:
        logs = by_hand(folder, request.prompt, label)
        assert score.label_scores[label] == pytest.approx(sum(logs) / len(logs), abs=1e-5)


def test_a_token_that_holds_the_end_of_the_prompt_counts_as_a_whole(model_folder):
    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    assert len(tokenizer.tokenize(" delivery_status")) < len(tokenizer.tokenize("delivery_status")) + 1
    plain, spaced = (
        next(local(model_folder).score([Request("x", prompt, (), (), ("delivery_status", "red"))]))
        for prompt in ("Text: a\nLabel:", "Text: a\nLabel: ")
    )
    # The space belongs to the label's first token, whichever side of the border it is written on.
    assert plain == spaced


def greedy(folder, prompt, most):
    """Greedy decoding by plain forward passes."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    ids, begin, logs = list(tokenizer(prompt)["input_ids"]), 0, []
    begin = len(ids)
    with torch.inference_mode():
        while len(logs) < most:
            row = model(torch.tensor([ids])).logits[0, -1].double().log_softmax(-1)
            token = int(row.argmax())
            if token == 0:
                break
            ids.append(token)
            logs.append(float(row[token]))
            text = tokenizer.decode(ids[begin:])
            if "\n" in text.lstrip():
                break
    return tokenizer.decode(ids[begin:]), logs


def test_free_text_is_the_greedy_line_and_its_mean(folder, requests_of):
    request = requests_of(1, labels=())[0]
    score = next(local(folder, max_tokens=20).score([request]))
    text, logs = greedy(folder, request.prompt, 20)
    assert score.prediction == text.strip().partition("\n")[0].strip()
    assert score.confidence == pytest.approx(sum(logs) / len(logs), abs=1e-5)


def test_a_label_that_cannot_be_read_is_none(folder, requests_of):
    score = next(local(folder, way="generate", max_tokens=5).score(requests_of(1)))
    assert score.prediction is None
    assert score.confidence < 0


def test_a_prompt_longer_than_the_model_is_refused_not_cut(tmp_path, requests_of):
    from tests.scoring.language_model import build_language_model

    short = build_language_model(tmp_path / "short", longest=40)
    with pytest.raises(ScoringError, match=r"item-0.*reads 40.*Nothing is cut"):
        next(local(short).score(requests_of(1)))
    with pytest.raises(ScoringError, match="reads 40"):
        next(local(short, way="generate").score(requests_of(1)))


def test_an_empty_prompt_is_told(model_folder):
    with pytest.raises(ScoringError, match="'x' is empty"):
        next(local(model_folder).score([Request("x", "", (), (), ("red",))]))
    with pytest.raises(ScoringError, match="'x' is empty"):
        next(local(model_folder).score([Request("x", "", (), ())]))


def test_pmi_without_words_before_the_answer_is_told(model_folder):
    request = Request("x", "question ", (), (), ("red",), turn="question ", blanks=("N/A ", " ", "[MASK] "))
    with pytest.raises(ScoringError, match="PMI"):
        next(local(model_folder, scoring="pmi").score([request]))


def test_the_digest_is_of_files_and_way(model_folder, tmp_path):
    copy = shutil.copytree(model_folder, tmp_path / "copy")
    assert local(copy).digest == local(model_folder).digest
    assert local(copy, scoring="sum").digest != local(copy).digest
    weights = copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    assert local(copy).digest != local(model_folder).digest


@pytest.mark.parametrize("name", ["", "."])
def test_no_name_is_no_model(name, tmp_path):
    with pytest.raises(Exception, match=r"No model is named|is not a model"):
        local(tmp_path if name == "." else name)


def test_a_path_that_is_not_there_and_a_file_are_told(tmp_path):
    with pytest.raises(ModelError, match="is not the folder of a model"):
        local(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(ModelError, match="is not the folder of a model"):
        local(tmp_path / "file")


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(ModelError, match=r"holds no config\.json"):
        local(tmp_path)


@pytest.mark.parametrize("damage", ["no weights", "cut weights", "no config", "no tokenizer", "strange type"])
def test_a_damaged_folder_is_told(model_folder, tmp_path, requests_of, damage):
    copy = shutil.copytree(model_folder, tmp_path / "copy")
    if damage == "no weights":
        (copy / "model.safetensors").unlink()
    elif damage == "cut weights":
        content = (copy / "model.safetensors").read_bytes()
        (copy / "model.safetensors").write_bytes(content[: len(content) // 2])
    elif damage == "no config":
        (copy / "config.json").write_text("{")
    elif damage == "no tokenizer":
        (copy / "tokenizer.json").unlink()
    else:
        settings = json.loads((copy / "config.json").read_text())
        (copy / "config.json").write_text(json.dumps({**settings, "model_type": "unheard-of"}))
    with pytest.raises(ModelError, match="cannot be loaded"):
        next(local(copy).score(requests_of(1)))


def test_weights_that_are_missing_are_never_made_up(model_folder, tmp_path, requests_of):
    from safetensors.torch import load_file, save_file

    copy = shutil.copytree(model_folder, tmp_path / "copy")
    weights = load_file(copy / "model.safetensors")
    name = next(name for name in weights if "mlp" in name)
    del weights[name]
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="no weights in the folder"):
        next(local(copy).score(requests_of(1)))


def test_a_model_that_embeds_texts_is_refused(requests_of):
    with pytest.raises(ModelError, match="causal"):
        next(local(packaged_folder()).score(requests_of(1)))


def test_a_model_that_looks_ahead_is_refused(model_folder, tmp_path, requests_of):
    from transformers import BertConfig, BertLMHeadModel

    copy = shutil.copytree(model_folder, tmp_path / "copy")
    size = json.loads((copy / "config.json").read_text())["vocab_size"]
    settings = BertConfig(
        vocab_size=size, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64
    )
    BertLMHeadModel(settings).save_pretrained(copy)
    with pytest.raises(ModelError, match="not a causal language model"):
        next(local(copy).score(requests_of(1)))


def test_an_unknown_name_without_a_network_is_told():
    program = (
        "from votek.scoring import ModelSettings, open_scorer\n"
        "from votek.errors import ModelError\n"
        "try:\n"
        "    open_scorer(ModelSettings(tier='transformers', model='nobody/has-this-model'))\n"
        "except ModelError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        env={"HF_HUB_OFFLINE": "1", "PATH": "/usr/bin:/bin", "HF_HOME": "/nonexistent"},
    )
    assert "is not on this machine" in done.stdout, done.stderr
    assert "HF_HUB_OFFLINE is set" in done.stdout


def test_weights_that_are_no_numbers_are_told(model_folder, tmp_path, requests_of):
    from safetensors.torch import load_file, save_file

    copy = shutil.copytree(model_folder, tmp_path / "copy")
    weights = load_file(copy / "model.safetensors")
    weights = {name: tensor * (float("nan") if "ln_f" in name else 1.0) for name, tensor in weights.items()}
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ScoringError, match="no finite number"):
        next(local(copy).score(requests_of(1)))
