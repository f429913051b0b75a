"""Tables to take away: texts in them cannot run in a spreadsheet, numbers stay numbers."""

import pandas as pd

from ui.evaluate_parts import table_csv


def test_texts_are_guarded_and_numbers_are_not():
    frame = pd.DataFrame(
        {"Text": ["=cmd|' /C calc'!A0", "plain"], "Gain": ["-3.4% (-13.1% to +6.2%)", "+1"], "n": [-1, 2]}
    )
    assert table_csv(frame).decode().splitlines() == [
        "Text,Gain,n",
        "'=cmd|' /C calc'!A0,-3.4% (-13.1% to +6.2%),-1",
        "plain,+1,2",
    ]
