"""The sample project: messages to a fictional help desk, ready for a first label."""

from __future__ import annotations

from pathlib import Path

from votek.datasets import read_dataset
from votek.datatypes import LabelSpec, Project, TaskSpec
from votek.errors import VotekError
from votek.jobs.inline import finish_job
from votek.store.files import write_whole
from votek.store.store import SAMPLE_MARKER
from votek.workspace.data import label_color, label_key
from votek.workspace.workspace import Workspace

__all__ = ["MARKER", "ensure_sample"]

MARKER = SAMPLE_MARKER

NAME = "Sample: help desk"
BUDGET = 18
FILES = {"pool": "helpdesk.csv", "test": "helpdesk_test.csv"}
INTENTS = {
    "delivery_status": "Where is my parcel, when does it come, it is late or marked as delivered but not here.",
    "return_refund": "Sending something back, or waiting for money after a return or a cancelled order.",
    "product_question": "Before buying: material, size, stock, how it works, whether it fits.",
    "payment_problem": "Paying failed, was charged twice, or an invoice or payment method is in question.",
    "order_change": "Change or cancel an order that is placed: item, size, quantity, address.",
    "account_access": "Signing in, passwords, codes, changing or closing the account.",
    "damaged_item": "What arrived is broken, faulty, incomplete, or not what was ordered.",
    "voucher_discount": "Vouchers, discount codes, gift cards, sales and loyalty points.",
}
GUIDELINES = """\
Choose what the customer wants the help desk to do, not what made them write.

- One message, one intent. If two fit, take the one that the first reply has to deal with.
- A parcel that has not come is *delivery_status*; one that came broken, wrong or incomplete is *damaged_item*.
- Money back after sending something back is *return_refund*; money that was taken wrongly is *payment_problem*.
- A code that does not work at the checkout is *voucher_discount*, even if the customer calls it a payment problem.
- Some messages are in German. Label them like the others; skip what you cannot read.
- Not sure? Label your best guess and flag it.
"""


def ensure_sample(workspace: Workspace, folder: Path) -> Project:
    """The sample project, made from the files in `folder` as far as it is not there yet.

    Embeds and picks here and now, so that a first label is seconds away; the map follows in the worker.

    Raises:
        FileError: a sample file is missing.
        VotekError: the vectors or picks could not be made.
    """
    project = next((found.project for found in workspace.projects(archived=True) if found.project.sample), None)
    if project is None:
        labels = tuple(
            LabelSpec(name, label_color(place), definition, label_key(place))
            for place, (name, definition) in enumerate(INTENTS.items())
        )
        project = workspace.create_project(NAME, task=TaskSpec("single", labels), sample=True)
        workspace.set_guidelines(project.id, GUIDELINES)
    if workspace.dataset(project.id, "test") is None:
        _import(workspace, project.id, folder / FILES["test"], role="test")
    if workspace.dataset(project.id) is None:
        _import(workspace, project.id, folder / FILES["pool"], role="pool")
    if not workspace.rounds(project.id):
        job = finish_job(workspace, workspace.request_selection(project.id, budget=BUDGET))
        if job.state != "done":
            raise VotekError(f"The picks of the sample project could not be made: {job.message}")
    marker = workspace.settings.data / MARKER
    if not marker.exists():
        write_whole(marker, lambda stream: stream.write(b""))
    return workspace.project(project.id)


def _import(workspace: Workspace, project_id: str, path: Path, *, role: str) -> None:
    dataset = read_dataset(path, text="text", label="intent", id="id")
    workspace.import_dataset(
        project_id,
        dataset,
        role="test" if role == "test" else "pool",
        name=path.name,
        columns={"intent": "gold"},
    )
