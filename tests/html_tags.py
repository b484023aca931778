"""What stands in a piece of HTML, and is it well formed?"""

from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "meta", "link", "path", "rect", "use", "line", "circle"}


class Tags(HTMLParser):
    """Holds that what is opened is closed in order, and collects what stands on a page."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.figures, self.links, self.used = [], [], [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "svg":
            self.figures.append(found)
        if tag == "a":
            self.links.append(found["href"])
        if tag == "use":
            self.used.add(found["href"].removeprefix("#"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag
