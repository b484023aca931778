"""How does a notebook become a page with its tables beside it?

settings  a notebook of the package, and the values in its first cell
shown     has every cell shown what it is for?
page      an executed notebook as one page that needs no network
written   run a notebook on a table; page and tables are written together, all or none
"""
