"""Which pages are looked at in a browser? Those of the stored notebooks, with the list of them, written once."""

import pytest

from winback.pages.chapters import chapters
from winback.pages.index import index_page
from winback.pages.listed import listed
from winback.pages.page import INDEX
from winback.pages.written import write_pages


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Write every stored notebook as a page, as ``winback report --all`` does once they were run; return the folder."""
    out, notebooks = tmp_path_factory.mktemp("site"), {each: each.read() for each in chapters().values()}
    entries = [listed(each.number, notebook) for each, notebook in notebooks.items()]
    pages = {each.number: each.page for each in notebooks}
    empty = tmp_path_factory.mktemp("tables")
    write_pages(notebooks, empty, out, index=INDEX, list_of=lambda _: index_page(entries, pages, "The study"))
    return out
