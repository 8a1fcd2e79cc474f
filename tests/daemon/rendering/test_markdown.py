from __future__ import annotations

import pytest

from daemon.rendering.markdown import render

REL = 'rel="noopener noreferrer"'


def inline(text: str) -> str:
    html = render(text, "m-0").strip()
    assert html.startswith("<p>"), html
    assert html.endswith("</p>"), html
    return html[3:-4]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# One *two*", "<h1>One <em>two</em></h1>\n"),
        ("a\nb  \nc", "<p>a\nb<br>\nc</p>\n"),
        ("~~gone~~", "<p><s>gone</s></p>\n"),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>\n"),
        ("7. seven", '<ol start="7">\n<li>seven</li>\n</ol>\n'),
        ("a `<b>` c", "<p>a <code>&lt;b&gt;</code> c</p>\n"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("---", "<hr>\n"),
        ("", ""),
    ],
)
def test_commonmark_and_strikethrough(text: str, html: str) -> None:
    assert render(text, "m-0") == html


def test_a_table_keeps_its_alignment_without_styles() -> None:
    html = render("| a | b |\n|--:|---|\n| 1 | 2 |\n", "m-0")
    assert '<th align="right">a</th>\n<th>b</th>' in html
    assert '<td align="right">1</td>\n<td>2</td>' in html
    assert "style" not in html


def test_a_task_list_shows_what_is_done() -> None:
    html = render("- [x] done\n- [ ] open\n", "m-0")
    assert '<ul class="contains-task-list">' in html
    done, still_open = html.split("<li")[1:]
    assert "checked" in done
    assert "checked" not in still_open
    assert html.count('type="checkbox"') == html.count("disabled") == 2


def test_footnotes_have_ids_of_their_message() -> None:
    html = render("a[^n]\n\n[^n]: why\n", "m-7")
    assert f'<a href="#fn-m-7-1" id="fnref-m-7-1" {REL}>[1]</a>' in html
    assert '<li id="fn-m-7-1" class="footnote-item"><p>why' in html
    assert f'<a href="#fnref-m-7-1" class="footnote-backref" {REL}>' in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[a](https://e.org/?q=1)", f'<a href="https://e.org/?q=1" {REL}>a</a>'),
        ("see https://e.org/x.", f'see <a href="https://e.org/x" {REL}>https://e.org/x</a>.'),
        ("<mailto:a@e.org>", f'<a href="mailto:a@e.org" {REL}>mailto:a@e.org</a>'),
        ("[a](/conversations/1)", f'<a href="/conversations/1" {REL}>a</a>'),
        ("app.py and e.org and a@e.org", "app.py and e.org and a@e.org"),
        ("[a](src/app.py)", "a"),
        ("[a](/etc/passwd)", "a"),
        ("[a](//e.org)", "a"),
        ("[a](/conversations/../sign-in)", "a"),
        ("[a](javascript:alert)", "a"),
        ("[a](file:///etc/passwd)", "a"),
        ("![a](/api/documents/1-2/file)", '<img src="/api/documents/1-2/file" alt="a" loading="lazy">'),
        ("![a](https://e.org/a.png)", f'<a href="https://e.org/a.png" {REL}>a</a>'),
        ("![](https://e.org/a.png)", f'<a href="https://e.org/a.png" {REL}>https://e.org/a.png</a>'),
        ("[![a](https://e.org/a.png)](https://e.org)", f'<a href="https://e.org" {REL}>a</a>'),
        ("![a](data:image/png;base64,AA)", "a"),
        ("![a](plot.png)", "a"),
    ],
)
def test_links_go_to_the_web_and_to_us_and_images_come_from_us(text: str, html: str) -> None:
    assert inline(text) == html


@pytest.mark.parametrize("text", ["$x^2$", r"\(x^2\)"])
def test_a_formula_in_a_line(text: str) -> None:
    expected = '<math alttext="x^2" display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    assert inline(f"a {text}, b") == f"a {expected}, b"


@pytest.mark.parametrize("text", ["$$\nx\n- y\n$$", "\\[\nx\n- y\n\\]", "$$x - y$$", r"\[x - y\]"])
def test_a_formula_that_stands_alone(text: str) -> None:
    html = render(f"before\n{text}\nafter", "m-0")
    assert html.startswith('<p>before</p>\n<div class="math"><math ')
    assert 'display="block"><mrow><mi>x</mi><mo>−</mo><mi>y</mi></mrow></math></div>\n<p>after</p>' in html


@pytest.mark.parametrize("text", ["$5 and $10", "US$ and A$", "a $ b $ c", "$$", r"\$x$ y", r"\(", "$x"])
def test_prices_are_no_formulas(text: str) -> None:
    assert "<math" not in render(text, "m-0")


@pytest.mark.parametrize("latex", [r"\frac{a", r"\left(", "{" * 100 + "}" * 100, "x" * 3000, "^"])
def test_a_formula_that_is_not_understood_is_shown_as_it_is(latex: str) -> None:
    html = render(f"$$\n{latex}\n$$", "m-0")
    assert html == f'<div class="math"><code class="math">{latex}</code></div>\n' or "<math" in html


def test_an_unclosed_formula_swallows_nothing() -> None:
    assert render("$$\nx\n\n- y", "m-0") == "<p>$$\nx</p>\n<ul>\n<li>y</li>\n</ul>\n"


def test_code_has_a_label_and_token_classes() -> None:
    html = render("```py title=x\ndef f(): ...\n```\n", "m-0")
    assert html.startswith(
        '<figure class="code" data-language="py"><figcaption><span class="language">Python</span></figcaption>'
        '<pre><code><span class="k">def</span>'
    )
    assert html.endswith("</code></pre></figure>\n")
    assert "style=" not in html


@pytest.mark.parametrize("info", ["nonsense-language", "", "text", '"><script>'])
def test_code_of_no_known_language_is_shown_without_colours(info: str) -> None:
    html = render(f"```{info}\na < b\n```\n", "m-0")
    assert "<pre><code>a &lt; b\n</code></pre>" in html
    assert "<script" not in html


def test_very_long_code_is_shown_without_colours() -> None:
    assert "<span class=" not in render("```py\n" + "x = 1\n" * 20_000 + "```", "m-0").partition("<pre>")[2]
    assert "<span class=" not in render("```py\n" + "x = 1;" * 1_000 + "\n```", "m-0").partition("<pre>")[2]
