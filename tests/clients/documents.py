"""The pages of the documentation, so that what they show is run as it stands there."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Page:
    def __init__(self, path):
        self.text = (ROOT / path).read_text()

    def blocks(self, language):
        """The code blocks in this language, in order."""
        return re.findall(rf"^```{language}\n(.*?)^```$", self.text, re.DOTALL | re.MULTILINE)

    def block(self, language, containing=""):
        """The one code block in this language that has these words."""
        (block,) = [block for block in self.blocks(language) if containing in block]
        return block
