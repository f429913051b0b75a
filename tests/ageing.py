"""An archive as the first version of the tables would have written it, for tests of the way up."""

import hashlib
import json

import sqlalchemy as sa

from votek.store.database import upgrade


def aged(manifest_name):
    """A change of members (name -> bytes, in pairs): tables and columns that the first version lacked are taken out."""
    with sa.create_engine("sqlite://").begin() as tx:
        upgrade(tx, "0001")
        old = sa.MetaData()
        old.reflect(tx)

    def change(members):
        manifest = json.loads(dict(members)[manifest_name])
        tables, kept = manifest["tables"], []
        for name, content in members:
            table = name.removeprefix("tables/").removesuffix(".jsonl")
            if name == manifest_name or (table in tables and table not in old.tables):
                continue
            if table in tables:
                places = [place for place, column in enumerate(tables[table][0]) if column in old.tables[table].columns]
                tables[table][0] = [tables[table][0][place] for place in places]
                lines = [json.loads(line) for line in content.splitlines()]
                content = b"".join(json.dumps([row[place] for place in places]).encode() + b"\n" for row in lines)
            kept.append((name, content))
        manifest["tables"] = {table: found for table, found in tables.items() if table in old.tables}
        listed = {name: [len(content), hashlib.sha256(content).hexdigest()] for name, content in kept}
        manifest |= {"migration": "0001", "members": listed}
        return [*kept, (manifest_name, json.dumps(manifest).encode())]

    return change
