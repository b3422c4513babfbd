"""A plugin that is really installed, in a folder on the path, and the states of its source that edits go through.

The folder is one for all processes of a run: clean builds are made in a process that is forked from this one.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

NAME = "laws_plugin.py"
_FOLDER = TemporaryDirectory(prefix="sitegen-plugin-")
PLACE = Path(_FOLDER.name)

_SOURCE = """\
from sitegen.plugins import MoreOutput
def question(keys, title, /, n):
    return tuple(title[each.id] for each in keys)[:n]
def more(order, /):
    yield MoreOutput(url="/plugin-1.txt", content="{word} %d" % len(order))
    yield MoreOutput(url="/plugin/", template="404.html", title="{word}")
def mark(md, word="b"):
    def rule(state):
        for token in state.tokens:
            if token.type == "paragraph_open":
                token.attrs["title"] = "{word} " + word
    md.core.ruler.push("mark", rule)
def setup(hooks):
    hooks.markdown(mark, **hooks.options)
    hooks.query("laws", question)
    hooks.outputs(more)
"""
_FIRST = _SOURCE.format(word="one")
STATES = (
    _FIRST,
    _SOURCE.format(word="two"),  # of the same size
    _FIRST.replace("[:n]", "[::-1]"),
    _FIRST.replace("plugin-1", "plugin-2"),
    _FIRST.replace("plugin-1", "feed"),
    _FIRST.replace("    hooks.outputs(more)\n", ""),
    _FIRST.replace("[:n]", "[n / 0]"),
    _FIRST.replace("def setup", "def set"),
    _FIRST + "\n1 / 0\n",
)


def install() -> None:
    """Put the plugin on the path, once a process."""
    metadata = PLACE / "laws_plugin-1.0.dist-info"
    metadata.mkdir(exist_ok=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: laws-plugin\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[sitegen.plugins]\nlaws = laws_plugin:setup\n")
    write(_FIRST)
    if str(PLACE) not in sys.path:
        sys.path.append(str(PLACE))


def write(source: str) -> None:
    """Change the plugin's source."""
    path = PLACE / NAME
    if not path.exists() or path.read_text() != source:
        path.write_text(source)


install()
