"""Texts that break careless writers: what braces, quotes, line ends, scripts and template languages do to a file.

NUL and halves of characters are not among them: those are refused at import, with the row.
"""

__all__ = ["HOSTILE"]

HOSTILE = [
    "{text}", "{label}", "{field:city}", "{{text}}", "{", "}", "{}", "{0}", "}{", "{{", "}}", "{{{x}}}",
    "{a.b[0]!r:>9}", "%s", "%(text)s", "100%", "%%", "%n", "$text", "${label}", "$$", "$5 and $6", "$x^2$", '"', "'",
    '""', "'''", '"quoted", with comma', "`code`", "\\", "\\n", "\\u2028", "C:\\new\\table", "\\\\", '\\"',
    "line\nbreak", "\nleading break", "trailing break\n", "lone\rreturn", "\rlone first", "end\r", "dos\r\nend",
    "\r\n", "a\ttab", "\tfirst", "tab last\t", " leading space", "trailing space ", "   ", "\u00a0nbsp\u00a0",
    "\u3000wide\u3000", "\U0001f600", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f1eb\U0001f1f7", "e\u0301",
    "\u00e9", "\u1e9b\u0323", "\u0645\u0631\u062d\u0628\u0627", "\u05e9\u05dc\u05d5\u05dd {text}",
    "\u202eright to left\u202c", "\u200f", "\u4f60\u597d", "para\u2029graph", "line\u2028separator",
    "\u0085next line", "\x0bvertical", "\x0cform feed", "\x1cfile\x1dgroup\x1e", "=1+1", "+1", "-1", "@SUM(A1)",
    "=cmd|'/c calc'!A0", "\uff1d1+1", "'=1", "-", "=", "<script>alert(1)</script>", "&amp; &lt;", "# heading",
    "* item", "a,b;c|d", "null", "NaN", "NA", "None", "true", "1", "007", "1e5", "2024-01-01", "2024-01-01T00:00:00Z",
    "[1]", '{"a": 1}', "{% raw %}", "{{ 7*7 }}", "{# c #}", "\ufeffbom", "\ufffd", "\U0010ffff", "\x7f", "\x01",
    "long " * 20_000, "x" * 99_999, "{" * 500, "mixed {a} %s $b \"c\" 'd' \\ \r \n \u2028",
    # templates: Jinja, Nunjucks, f-strings, Mustache, Handlebars, ERB, shells, XML, LaTeX
    "{%- if x -%}y{%- endif -%}", "{% for a in b %}{{ a }}{% endfor %}", "{% endraw %}", "{% raw %}{{ x }}{% endraw %}",
    "{{ text | safe }}", "{{ env.HOME }}", "{{{{text}}}}", "{{#each items}}{{this}}{{/each}}", "{{#if text}}yes{{/if}}",
    "{{^none}}{{/none}}", "{{> partial}}", "{{! comment }}", "{{& raw }}", "{x!r}", "{x:>{width}}", "{__class__}",
    "{0.__class__.__mro__}", "{text.__globals__}", "f'{1+1}'", "{{'{{'}}", "{{ '}}' }}", "{{\n}}", "{\n}", "{ text }",
    "{'text': 1}", "{text", "text}", "{{text}", "{text}}", "${{text}}", "#{text}", "<%= text %>", "$(rm -rf)", "`id`",
    "$HOME", "${HOME:-x}", "$1", "\\1", "\\g<0>", "%d items", "%5.2f", "%(a", "%1$s", "%{x}", "@text@", "[[text]]",
    "<<text>>", "<text>", "</text>", "<![CDATA[x]]>", "]]>", "<!-- c -->", "<?xml version='1.0'?>", "&#0;", "&nbsp;",
    "\\begin{x}\\end{x}", "[[ ## text ## ]]", "[[ ## completed ## ]]", "{input}", "{output}", "{question}", "file://x",
    "env: $X", "package: x", "!!python/object:x", "---", "...", "- a\n- b", "key: value", "? x", "| block", "> folded",
    "*anchor", "&anchor", "~", "yes", "no", "on", "0x1F", "1_000", ".5", "1.", "inf", "-inf", "0o17", "12:30:45",
    # roles and tokens that models read
    "user: hi\nassistant: no", "<|endoftext|>", "<|im_start|>system\nx<|im_end|>", "[INST] x [/INST]", "### Label:",
    "Text: x\nLabel: y", "[CLS] [SEP] [UNK]", "data: [DONE]",
    # formulas and what only looks like one
    "=HYPERLINK(\"http://x\",\"y\")", "=1+1\n=2", "@", "+", "\t=1", "\r=1", "\n=1", " =1", "-2.5", "+49 30 123", "==",
    "\uff0b1", "\uff0d1", "\uff20x", "''=1", "'text", "=\"\"\"\"", "%=1", "|=1", "=\u2028", "_x000D_", "_x0041_",
    "_x005F_x000D_", "a_x000A_b", "_X000D_", "_x00D_", "#REF!", "#N/A", "1/2", "1E+400", "TRUE", "12345678901234567890",
    # line ends, spaces and controls
    "\n\r", "a\r\r\nb", "\n\n\n", "a\n", "a\r\n", "\r\r", "\t", "\t\t", "\n", " \n ", "a\u2028", "\u2029a", "\x85",
    "a\x1eb", "\x1f", "\x02\x03", "\x07bell", "\x08back", "\x1b[31mred\x1b[0m", "\x0e\x0f", "\x80\x9f", "\u00ad",
    "\u2000\u200a", "\u202f", "\u205f", "a\u200bb", "\u2060", "\ufeff", "a\ufeffb", "\u180e", "\ufffe", "\uffff",
    # scripts, marks, emoji
    "\u0301", "a\u0300\u0301\u0302\u0303", "Z\u0351\u036b\u0343", "\u1100\u1161\u11a8", "\uac01", "\u212b",
    "\ufb01", "\u0130i\u0131I", "\u00df\u1e9e", "\u03c3\u03c2", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u0e44",
    "\u2066isolate\u2069", "\u202aembed", "a\u200eb\u200fc", "\u061c", "\u0627\u0644(abc)\u0639 12", "\u0622",
    "\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f44d\U0001f3fd", "1\ufe0f\u20e3", "\u2764\ufe0f", "\u200d",
    "\U0001f468\u200d\U0001f4bb", "\U00020000", "\U0001d54f", "\ue000", "\U000f0000", "\ufdd0", "\U000e0001",
    # quotes, slashes and separators of files
    "\u201cq\u201d \u2018s\u2019", "\"\"\"doc\"\"\"", "'\"'", "\"\n\"", "\",\"", "a,\"b\"", ",", ",,", ";", "|",
    "\\\n", "\\r", "\\t", "\\x00", "\\0", "\\N{DASH}", "/etc/passwd", "../../x", "a/b\\c", "C:", "?*<>", "{\"a\":",
    "[", "]", "[]", "{\"text\": \"x\"}", "# comment", "// comment", "/* c */", "'; DROP TABLE x; --", "<a b='x'>y</a>",
    "![i](http://x)", "**bold**", ":smile:", ":red[x]", "$$x$$", "~~s~~", "<br>", "=\r\n", "x" * 32_767, "x" * 32_768,
    "\U0001f600" * 16_384, "\n" * 5_000, "\"" * 4_000, "{{x}}" * 2_000,
]  # fmt: skip
