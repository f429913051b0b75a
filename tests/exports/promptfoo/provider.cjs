// Keeps what a model would be sent, and gives the right answer where the test knows one.
const fs = require("node:fs");

module.exports = class {
  id() {
    return "kept";
  }
  async callApi(prompt, context) {
    fs.appendFileSync("asked.jsonl", JSON.stringify(prompt) + "\n");
    return { output: (context.vars.item.answer ?? []).join("") };
  }
};
