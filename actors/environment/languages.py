"""Which programming languages a project is written in, by the endings of its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from actors.environment.facts import Language

MAX_LANGUAGES = 8

ENDINGS: Mapping[str, tuple[str, ...]] = {
    "Assembly": (".asm", ".s"),
    "C": (".c", ".h"),
    "C#": (".cs",),
    "C++": (".cc", ".cpp", ".cxx", ".hh", ".hpp"),
    "CSS": (".css", ".less", ".sass", ".scss"),
    "Clojure": (".clj", ".cljc", ".cljs"),
    "Dart": (".dart",),
    "Elixir": (".ex", ".exs"),
    "Erlang": (".erl", ".hrl"),
    "F#": (".fs", ".fsx"),
    "Fortran": (".f", ".f90", ".f95"),
    "Go": (".go",),
    "HTML": (".htm", ".html"),
    "Haskell": (".hs",),
    "Java": (".java",),
    "JavaScript": (".cjs", ".js", ".jsx", ".mjs"),
    "Julia": (".jl",),
    "Jupyter": (".ipynb",),
    "Kotlin": (".kt", ".kts"),
    "Lua": (".lua",),
    "Nix": (".nix",),
    "OCaml": (".ml", ".mli"),
    "Objective-C": (".m", ".mm"),
    "PHP": (".php",),
    "Perl": (".pl", ".pm"),
    "PowerShell": (".ps1", ".psm1"),
    "Python": (".py", ".pyi", ".pyx"),
    "R": (".r",),
    "Ruby": (".rb", ".rake"),
    "Rust": (".rs",),
    "SQL": (".sql",),
    "Scala": (".sc", ".scala"),
    "Shell": (".bash", ".fish", ".sh", ".zsh"),
    "Svelte": (".svelte",),
    "Swift": (".swift",),
    "TypeScript": (".cts", ".mts", ".ts", ".tsx"),
    "Vue": (".vue",),
    "Zig": (".zig",),
}
_BY_ENDING = {ending: name for name, endings in ENDINGS.items() for ending in endings}


def languages(suffixes: Mapping[str, int]) -> tuple[Language, ...]:
    """The languages with the most files, first the most."""
    counted: Counter[str] = Counter()
    for suffix, files in suffixes.items():
        if name := _BY_ENDING.get(suffix):
            counted[name] += files
    total = counted.total()
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Language(name=name, files=files, share=round(files / total, 3))
        for name, files in ranked[:MAX_LANGUAGES]
    )
