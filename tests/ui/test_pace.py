"""The estimated labelling time follows the pace of the project once there is one."""

import datetime as dt

from ui.pace import seconds_per_label
from votek.datatypes import LabelEvent

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def event(seconds, *, who="ann", kind="label", source="browser"):
    time = START + dt.timedelta(seconds=seconds)
    return LabelEvent("p", 0, f"{who}{seconds}", who, "item", 1, "a", kind, source, 1, time)


def test_the_setting_stands_until_there_are_ten_gaps():
    assert seconds_per_label([event(5 * i) for i in range(10)], default=12.0) == (12.0, False)
    assert seconds_per_label([event(5 * i) for i in range(11)], default=12.0) == (5.0, True)


def test_breaks_do_not_count():
    early, late = [event(4 * i) for i in range(8)], [event(10_000 + 4 * i) for i in range(8)]
    assert seconds_per_label(early + late, default=12.0) == (4.0, True)


def test_two_people_at_once_keep_their_own_pace():
    both = [event(6 * i + shift, who=who) for i in range(8) for shift, who in ((0, "ann"), (1, "bo"))]
    assert seconds_per_label(both, default=12.0) == (6.0, True)


def test_imported_labels_have_no_pace():
    assert seconds_per_label([event(i, source="import") for i in range(50)], default=12.0) == (12.0, False)
