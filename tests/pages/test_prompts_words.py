"""The words of the Prompts page: presets, versions, tokens by part, and fields that follow what is stored."""

from dataclasses import replace

import pytest

from tests.pages.test_prompts import PAGE, section, words
from votek.datatypes import PromptSettings
from votek.prompts import has_own_words

OTHER = PromptSettings(
    instruction="Sort it.",
    demonstration="<{text}> {label}",
    query="<{text}>",
    separator="\n",
    retrieval="random",
    n=3,
    token_budget=900,
    answer_reserve=30,
    tokenizer="characters/4",
    seed=5,
    floor=0.25,
    label_cap=2,
    diversity=0.5,
)


def table(at, column):
    return next(one.value for one in at.dataframe if column in one.value)


def preset(at, project, name):
    at.selectbox(f"{project.id}-preset").set_value(name).run()
    assert not at.exception
    return at


def test_the_presets_that_fit_are_offered_and_shown_before_they_are_taken(open_at, space, tested):
    at = open_at(PAGE, tested.id)
    assert at.selectbox(f"{tested.id}-preset").options == ["Give a label", "Compare two texts", "Chat"]
    preset(at, tested, "chat")
    assert at.code[0].value.count("User: ") == 2
    assert at.code[0].value.endswith("User: My {parcel} costs $5 & is *late* <b>\nAssistant:")
    assert space.project(tested.id).prompts == PromptSettings()
    at.button("use-preset").click().run()
    assert not at.exception
    assert not at.warning
    assert space.project(tested.id).prompts.query == "User: {text}\nAssistant:"
    assert at.text_area(f"{tested.id}-prompt-query").value == "User: {text}\nAssistant:"


def test_a_pair_asks_which_columns(open_at, space, tested):
    at = preset(open_at(PAGE, tested.id), tested, "pair")
    first, second = (at.selectbox(f"{tested.id}-preset-pair-{place}") for place in (0, 1))
    assert first.label == "First text"
    assert first.options == ["text", "team"]
    first.set_value("text").run()
    second.set_value("text").run()
    assert "two columns that differ" in words(at)
    at.selectbox(f"{tested.id}-preset-pair-1").set_value("team").run()
    at.button("use-preset").click().run()
    assert not at.exception
    assert space.project(tested.id).prompts.query == "First: {field:text}\nSecond: {field:team}\nLabel:"
    assert not at.warning  # a pair needs no {text}


def test_words_of_ones_own_are_not_replaced_unsaid(open_at, space, tested):
    at = open_at(PAGE, tested.id)
    at.text_area(f"{tested.id}-prompt-query").set_value("Mine: {text}").run()
    preset(at, tested, "classification")
    assert "replaces the words you wrote. They stay under Versions, as version 2" in words(at)
    at.text_area(f"{tested.id}-prompt-query").set_value("Mine: {txt}").run()
    assert "They would be lost" in words(at)
    at.button("use-preset").click().run()
    assert not at.exception
    assert not has_own_words(space.project(tested.id).prompts, task=tested.task)
    assert space.prompt_versions(tested.id)[1].settings.query == "Mine: {text}"


def test_versions_are_listed_compared_and_taken_back(open_at, space, tested):
    space.set_prompts(tested.id, OTHER)
    space.set_prompts(tested.id, replace(OTHER, n=4, query="{field:team} <{text}>"))
    at = section(open_at(PAGE, tested.id), tested, "Versions")
    listed = table(at, "Changed")
    assert listed["Version"].tolist() == [3, 2, 1]
    assert listed["Changed"].tolist()[0] == "the test item, number of demonstrations"
    assert [line for line in at.code[0].value.split("\n") if line[0] in "+-"] == [
        "-  <{text}>", "+  {field:team} <{text}>", "-number of demonstrations: 3", "+number of demonstrations: 4",
    ]  # fmt: skip
    at.selectbox("prompts-older-3").set_value(1).run()
    at.button("restore-prompts").click().run()
    assert not at.exception
    assert space.project(tested.id).prompts == PromptSettings()
    assert space.project(tested.id).prompts_version == 4
    section(at, tested, "Write")
    assert space.project(tested.id).prompts_version == 4


def test_a_version_that_names_columns_of_another_file_is_not_taken_back(open_at, space, tested):
    space.set_prompts(tested.id, PromptSettings(query="{field:gone} {text}"))
    space.set_prompts(tested.id, PromptSettings())
    at = section(open_at(PAGE, tested.id), tested, "Versions")
    assert "Version 2 cannot be used with the columns of now" in words(at)
    assert "restore-prompts" not in [button.key for button in at.button]


def test_fields_show_what_somebody_else_stored_and_do_not_overwrite_it(open_at, space, tested):
    at = open_at(PAGE, tested.id)
    at.number_input(f"{tested.id}-prompt-n").set_value(6).run()
    space.set_prompts(tested.id, OTHER)
    at.run()
    assert not at.exception
    assert space.project(tested.id).prompts == OTHER
    assert at.text_area(f"{tested.id}-prompt-instruction").value == "Sort it."
    at.number_input(f"{tested.id}-prompt-n").set_value(2).run()
    assert space.project(tested.id).prompts == replace(OTHER, n=2)
    space.restore_prompts(tested.id, 1)
    at.run()
    assert space.project(tested.id).prompts == PromptSettings()


@pytest.mark.parametrize("retrieval", ["mmr", "balanced", "random", "similar"])
def test_every_field_follows_what_is_stored(open_at, space, tested, retrieval):
    at = open_at(PAGE, tested.id)
    for settings in (replace(OTHER, retrieval=retrieval), PromptSettings(retrieval=retrieval)):
        space.set_prompts(tested.id, settings)
        at.run()
        assert not at.exception
        assert space.project(tested.id).prompts == settings


@pytest.mark.parametrize("tokenizer", ["wordpiece", "characters/4"])
def test_tokens_by_part_add_up_to_the_prompt(open_at, space, tested, tokenizer):
    space.set_prompts(tested.id, PromptSettings(token_budget=400, answer_reserve=50, tokenizer=tokenizer))
    at = open_at(PAGE, tested.id)
    prompt = space.prompt_set(tested.id, test_ids=["q1"]).prompts[0]
    parts = table(at, "Part")
    tokens = dict(zip(parts["Part"], parts["Tokens"], strict=True))
    assert list(tokens)[:2] == ["Instruction", "Demonstration 1"]
    assert list(tokens)[-5:] == [
        "Test item", "Between them", "The whole prompt", "Kept free for the answer", "Left of 400",
    ]  # fmt: skip
    assert sum(list(tokens.values())[:-3]) == tokens["The whole prompt"] == prompt.tokens
    assert tokens["Left of 400"] == 400 - 50 - prompt.tokens
    assert ("These are estimates" in words(at)) == (tokenizer == "characters/4")
