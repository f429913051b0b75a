"""The benchmark of prompt packs asks a real pack."""

from benchmarks import packs


def test_each_text_is_asked_and_timed(monkeypatch):
    asked = []
    pack_of = packs.votek.load_pack

    def load(path, **options):
        pack = pack_of(path, **options)
        prompt = pack.prompt
        monkeypatch.setattr(pack, "prompt", lambda text: asked.append(prompt(text)), raising=True)
        return pack

    monkeypatch.setattr(packs.votek, "load_pack", load)
    loading, times = packs.measure(12, 3, model="votek-hash")
    assert loading > 0
    assert len(times) == len(asked) == 3
    assert all(text.count("\nLabel: label") == packs.SETTINGS.n for text in asked)
