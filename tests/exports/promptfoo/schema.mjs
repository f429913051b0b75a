// Prints the JSON schema of what a promptfoo configuration may hold, from the library's own checks.
//   node schema.mjs FOLDER_OF_NODE_MODULES
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const modules = path.resolve(process.argv[2]);
const { z } = createRequire(path.join(modules, "promptfoo", "package.json"))("zod");
const { version } = JSON.parse(fs.readFileSync(path.join(modules, "promptfoo", "package.json"), "utf8"));
const comment = `Made by schema.mjs from promptfoo ${version} (MIT licence, Copyright (c) Promptfoo 2025).`;
const dist = path.join(modules, "promptfoo", "dist", "src");
// What our file uses; names of environment variables and explanations are left out.
const written = ["description", "prompts", "providers", "tests"];

function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== "object") return value;
  const kept = ([key, one]) => key !== "env" && !(key === "description" && typeof one === "string");
  return Object.fromEntries(Object.entries(value).filter(kept).map(([key, one]) => [key, bare(one)]));
}

for (const file of fs.readdirSync(dist).filter((name) => /^tables-.*\.js$/.test(name)).sort()) {
  for (const schema of Object.values(await import(path.join(dist, file)))) {
    const shape = schema?._zod?.def?.in?.shape; // checked as an object, then changed
    if (!shape?.tests || !shape.prompts || !shape.commandLineOptions) continue; // the whole of a configuration file
    const made = z.toJSONSchema(schema, { unrepresentable: "any", io: "input" });
    const properties = Object.fromEntries(written.map((name) => [name, bare(made.properties[name])]));
    console.log(JSON.stringify({ $comment: comment, ...bare(made), properties, additionalProperties: false }));
    process.exit(0);
  }
}
console.error("No schema of a configuration was found: promptfoo keeps it elsewhere now.");
process.exit(1);
